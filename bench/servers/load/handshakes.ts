import { connect, createSecureContext } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import { concurrency } from './load.js'
import type { HandshakeLoad, LoadResult } from './load.js'

/** By Node itself: full handshakes, after each of which the connection is closed. */
export async function loadHandshakes({ port, amount, tls }: HandshakeLoad): Promise<LoadResult> {
  const secureContext = createSecureContext({
    cert: tls?.certificate,
    key: tls?.key,
    ca: tls?.serverCa,
  })
  const options = { port, host: '127.0.0.1', servername: 'localhost', secureContext }
  let begun = 0
  async function connectOnAndOn(): Promise<void> {
    while (begun < amount) {
      begun += 1
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as a client does
      await handshake(options)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, connectOnAndOn))
  return { refused: 0 }
}

function handshake(options: ConnectionOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(options, () => socket.end())
    socket
      .on('error', reject)
      .on('close', () => resolve())
      .resume()
  })
}
