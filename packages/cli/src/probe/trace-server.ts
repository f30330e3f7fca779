import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  const folder = await mkdtemp(join(tmpdir(), 'peergate-'))
  try {
    const log = join(folder, 'trace')
    await runTracer(JSON.stringify(options), log, target.timeout)
    return readTrace(await readFile(log, 'latin1'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Into a file: OpenSSL writes piece by piece, and drops what a pipe does not take at once. */
async function runTracer(options: string, log: string, timeout: number): Promise<void> {
  const file = await open(log, 'w', 0o600)
  try {
    const stdio = ['ignore', 'ignore', file.fd] as const
    await once(spawn(process.execPath, [program, options], { stdio: [...stdio], timeout }), 'close')
  } finally {
    await file.close()
  }
}

const program = fileURLToPath(new URL('trace-handshake.js', import.meta.url))
