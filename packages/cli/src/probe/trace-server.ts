import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
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

/** What the handshake of each version says to somebody without a certificate. */
export async function traceServer(
  target: ProbeTarget,
  versions: readonly TlsVersion[],
): Promise<ReadonlyMap<TlsVersion, HandshakeTrace>> {
  const options = versions.map((version) => ({
    ...addressOf(target),
    minVersion: version,
    maxVersion: version,
  }))
  const separator = `--- ${randomUUID()}`
  const text = await runTracer([options, separator], versions.length * target.timeout)
  const parts = text.split(separator)
  return new Map(versions.map((version, at) => [version, readTrace(parts[at] ?? '')]))
}

async function runTracer(parameters: unknown, timeout: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'peergate-'))
  try {
    const log = join(folder, 'trace')
    await runInto(log, JSON.stringify(parameters), timeout)
    return await readFile(log, 'latin1')
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Into a file: OpenSSL writes piece by piece, and drops what a pipe does not take at once. */
async function runInto(log: string, parameters: string, timeout: number): Promise<void> {
  const file = await open(log, 'w', 0o600)
  try {
    const child = spawn(process.execPath, [program, parameters], {
      stdio: ['ignore', 'ignore', file.fd],
      timeout,
    })
    await once(child, 'close')
  } finally {
    await file.close()
  }
}

const program = fileURLToPath(new URL('trace-handshake.js', import.meta.url))
