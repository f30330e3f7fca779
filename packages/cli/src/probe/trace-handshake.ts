/**
 * The program of a child process: connects as nobody over one version after the other, and lets Node write
 * what OpenSSL sees of each handshake to its standard error, which is the one place where the names of
 * acceptable CAs can be read.
 */
import { writeSync } from 'node:fs'
import { connect } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'

const [options, separator] = JSON.parse(String(process.argv[2])) as readonly [
  readonly ConnectionOptions[],
  string,
]
let last: Promise<void> = Promise.resolve()
for (const each of options) last = last.then(async () => trace(each))

async function trace(each: ConnectionOptions): Promise<void> {
  // Nothing is sent and nothing believed: who the server is was judged, or is yet to be, elsewhere.
  const socket = connect({ ...each, rejectUnauthorized: false })
  socket.enableTrace()
  socket.once('secureConnect', () => socket.destroy())
  socket.on('error', () => socket.destroy())
  await new Promise((resolve) => {
    socket.once('close', resolve)
  })
  writeSync(process.stderr.fd, `\n${separator}\n`)
}
