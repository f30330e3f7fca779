import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { addressOf } from './connect-once.js'
import type { ProbeTarget } from './probe-options.js'
import type { TlsVersion } from './probe-report.js'
import { readTrace } from './read-trace.js'
import type { HandshakeTrace } from './read-trace.js'

/** What the handshake of `version` says to somebody without a certificate. */
export async function traceServer(
  target: ProbeTarget,
  version: TlsVersion,
): Promise<HandshakeTrace> {
  const options = { ...addressOf(target), minVersion: version, maxVersion: version }
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: target.timeout,
  })
  let text = ''
  child.stderr.setEncoding('latin1')
  child.stderr.on('data', (chunk: string) => {
    if (text.length < mostRead) text += chunk
  })
  await once(child, 'close')
  return readTrace(text)
}

const program = fileURLToPath(new URL('trace-handshake.js', import.meta.url))

/** The list of names has 64 KiB at most, and takes five times as much in hexadecimal. */
const mostRead = 2 ** 20
