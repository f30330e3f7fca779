import type { TLSSocket } from 'node:tls'

/**
 * Prepares a connection for those who have to tell what it failed of.
 *
 * It ends by its first error: an alert that comes behind a TLS 1.3 handshake would else be lost to those
 * who see the connection end first. And `bytesRead` counts what came behind the handshake, where Node
 * counts nothing of a TLS connection, so that one that was in use can be told from a new one.
 */
export function followConnection(socket: TLSSocket): void {
  const push = socket.push.bind(socket)
  let received = 0
  Object.defineProperties(socket, {
    bytesRead: { configurable: true, get: () => received },
    push: {
      configurable: true,
      writable: true,
      value(chunk: Uint8Array | null, encoding?: BufferEncoding): boolean {
        received += chunk?.length ?? 0
        return push(chunk, encoding)
      },
    },
  })
  socket.prependListener('error', (error: object) => {
    if (received > 0) behindAnswers.add(error)
    socket.destroy()
  })
}

/** Whether something had been received over the connection that ended by `error`. */
export function isBehindAnswers(error: object): boolean {
  return behindAnswers.has(error)
}

const behindAnswers = new WeakSet<object>()
