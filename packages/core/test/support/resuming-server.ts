import type { Server, TLSSocket, TlsOptions } from 'node:tls'
import { readPresentedLeaf, refusalOf, refuseUnverified } from '#core/tls/accepted-peer.js'
import type { Resumption } from '#core/tls/resumption.js'
import { createServerOf } from './tls-connection.js'

export interface ResumingServer {
  readonly server: Server
  /** Replaces the context as a TLS gate does it when its trust changes. */
  readonly swapTo: (epoch: string) => void
}

/**
 * A server set up by hand that says of each request how its session began, and the fingerprint of the
 * sender's certificate or why it was not accepted.
 */
export function createResumingServer(
  tls: TlsOptions,
  resumption: Resumption,
  epoch: string,
): ResumingServer {
  const server = createServerOf('http/1.1', tls, ({ socket }) => describe(socket as TLSSocket))
  const swapTo = (next: string): void => {
    server.setSecureContext({ ...tls, ...resumption.sessionOptions(next) })
  }
  swapTo(epoch)
  return { server, swapTo }
}

function describe(socket: TLSSocket): string {
  const began = socket.isSessionReused() ? 'resumed' : 'full'
  try {
    const presented = readPresentedLeaf(socket)
    refuseUnverified(socket, presented)
    return `${began} ${presented.certificate.fingerprint256}`
  } catch (cause) {
    return `${began} ${refusalOf(cause).code}`
  }
}
