import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import type { MintedLeaf, Pki } from '@peergate/testkit'

/**
 * What a server that trusts `ca`, and knows its revocation list if there is one, makes of a client:
 * `trusted`, or why OpenSSL refused it.
 */
export async function verdict(pki: Pki, client: MintedLeaf, crl?: string): Promise<string> {
  const { certificate: cert, key } = pki.leaf('server')
  const ca = pki.authority('ca').certificate
  const server = createServer({
    cert,
    key,
    ca,
    crl,
    requestCert: true,
    rejectUnauthorized: false,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>
  const peer = connect({ host: '127.0.0.1', port, ca, cert: client.certificate, key: client.key })
  const [[socket]] = await Promise.all([accepted, once(peer, 'secureConnect')])
  const reason: unknown = socket.authorizationError
  peer.destroy()
  socket.destroy()
  server.close()
  return socket.authorized ? 'trusted' : String(reason)
}
