import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { forwardedSource, trustedByAddress } from '@peergate/core'
import type { PeerGate, ProxyContract, RequestLike } from '@peergate/core'
import { createGate } from '../servers/contestants/gates.js'
import { ordinaryHeaders, path } from '../servers/requests.js'
import type { Lines } from './test-support.js'

/** A gate that has forgotten every header before the next. */
export function createForgetfulGate(contract: ProxyContract): PeerGate<'invoice:read'> {
  return createGate(
    forwardedSource({
      contract,
      trustedProxies: trustedByAddress({ addresses: ['127.0.0.1'] }),
      maxAssertionAge: 'unbounded',
      cache: { entries: 0 },
    }),
  )
}

/** Makes requests of these lines that a proxy sent over `socket`. */
export function createRequests(socket: Socket, lines: Lines): () => RequestLike {
  const raw = [...lines, ...ordinaryHeaders].flat()
  const views = [...lines, ...ordinaryHeaders].map(([name, value]) => [name.toLowerCase(), value])
  return () => ({
    method: 'GET',
    url: path,
    rawHeaders: raw.map(copyText),
    headers: Object.fromEntries(views) as Record<string, string>,
    socket,
  })
}

/** As the parser of Node makes texts: in one piece, and with nothing remembered of them. */
function copyText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/** The end of a connection within this machine that a server has of it. */
export async function openSocket(): Promise<Socket> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  connect((server.address() as AddressInfo).port, '127.0.0.1').unref()
  const [socket] = (await once(server, 'connection')) as [Socket]
  server.close()
  return socket.unref()
}
