import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { setTimeout as wait } from 'node:timers/promises'
import type { MintedLeaf } from '@peergate/testkit'
import type { Test } from 'tap'
import { clientCa, pki } from './pki.js'

/** What a server was offered on one connection: a serial number, or nothing. */
export type Offer = string | null

/** Starts a server that takes everybody, answers with what it was offered, and keeps a record. */
export async function startRecordingServer(
  t: Test,
  { certificate: cert, key }: MintedLeaf = pki.leaf('server'),
): Promise<{
  readonly port: number
  readonly offers: readonly Offer[]
  readonly countOpen: () => number
  readonly cutOff: () => void
}> {
  const offers: Offer[] = []
  const server = createSecureServer({
    cert,
    key,
    ca: clientCa,
    requestCert: true,
    rejectUnauthorized: false,
    allowHTTP1: true,
  })
  const open = new Set<TLSSocket>()
  server.on('secureConnection', (socket: TLSSocket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    offers.push(offerOf(socket))
  })
  server.on('request', (request, response) => {
    const offer = offerOf(request.socket as TLSSocket)
    const delay = Number(new URL(request.url, 'https://x').searchParams.get('wait') ?? 0)
    void wait(delay).then(() => response.end(String(offer)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const cutOff = () => {
    for (const socket of open) socket.destroy()
  }
  t.teardown(() => {
    cutOff()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    offers,
    countOpen: () => open.size,
    cutOff,
  }
}

function offerOf(socket: TLSSocket): Offer {
  return socket.getPeerX509Certificate()?.serialNumber ?? null
}
