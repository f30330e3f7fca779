import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  createPeerGate,
  createTlsGate,
  definePolicy,
  forwardedSource,
  publicRoute,
  spiffe,
  trustedByAddress,
  trustedByCertificate,
  trustedByUnixSocket,
  uriSan,
} from '@peergate/core'
import type {
  Assurance,
  IdentityRule,
  PeerGate,
  ProxyContract,
  TlsGate,
  TrustedProxies,
} from '@peergate/core'
import { proxyId, readerId } from './edge-pki.js'
import type { EdgePki } from './edge-pki.js'
import type { ServiceAddress } from './products.js'
import { giveFolder, makeTemporaryFolder } from './temporary-folder.js'

export interface ServiceOptions {
  readonly contract: ProxyContract
  /** How the proxy proves itself: from 127.0.0.1, at a Unix socket, or as {@link proxyId}. */
  readonly proof: TrustedProxies['proof']
  readonly minimumAssurance?: Assurance
  /** The user of the proxy, who must reach the Unix socket. */
  readonly user?: string | undefined
}

/** A service that answers every request with what its gate says of the client. */
export interface Service {
  /** Where the proxy finds it. */
  readonly address: ServiceAddress
  /** A port of 127.0.0.1 that leads to the same gate. */
  readonly port: number
  readonly stop: () => void
}

/** What the service says of a request. */
export interface Told {
  /** The identity, or the code of the refusal. */
  readonly who: string
  readonly assurance: string | null
  /** SHA-256 of the certificate, in hexadecimal. */
  readonly fingerprint: string | null
  /** Whether a public route would answer. */
  readonly isPublic: boolean
  /** The identity headers that the handler can still see. */
  readonly left: readonly string[]
  /** The port of the sender, which tells connections apart; null at a Unix socket. */
  readonly sender: number | null
}

/** Starts the service. Under the path /uri the identity is a URI, and a SPIFFE ID elsewhere. */
export async function startService(edge: EdgePki, options: ServiceOptions): Promise<Service> {
  const isTls = options.proof === 'certificate'
  const tls = createProxyGate(edge)
  const unixSocket = trustedByUnixSocket()
  const trustedProxies = chooseProof(options.proof, tls, unixSocket)
  const answer = createAnswer(options, trustedProxies)
  const create = (): Server => (isTls ? createGatedServer(tls, answer) : createServer(answer))
  const servers = [create()]
  if (options.proof === 'unix-socket') servers.push(create())
  for (const server of servers) unixSocket.attach(server)
  const [onPort, onPath] = servers as [Server, Server?]
  await once(onPort.listen(0, '127.0.0.1'), 'listening')
  const { port } = onPort.address() as AddressInfo
  const address = onPath === undefined ? { port } : await listenOnPath(onPath, options.user)
  return { address, port, stop: () => servers.forEach(stop) }
}

function createProxyGate({ pki }: EdgePki): TlsGate {
  const { certificate, key } = pki.leaf('server')
  return createTlsGate({
    server: { cert: certificate, key },
    clientCas: { proxies: pki.authority('proxy-ca').certificate },
  })
}

function createGatedServer(tls: TlsGate, answer: Answer): Server {
  const server = createTlsServer(tls.serverOptions, answer)
  tls.attach(server)
  return server
}

function chooseProof(
  proof: TrustedProxies['proof'],
  tls: TlsGate,
  unixSocket: TrustedProxies,
): TrustedProxies {
  if (proof === 'unix-socket') return unixSocket
  if (proof === 'address') return trustedByAddress({ addresses: ['127.0.0.1'] })
  return trustedByCertificate({
    tls,
    identity: spiffe({ trustDomain: 'prod.example' }),
    allow: [proxyId],
  })
}

/** A folder that nobody but the proxy enters, so that the socket itself may be open to all. */
async function listenOnPath(server: Server, user: string | undefined): Promise<ServiceAddress> {
  const folder = makeTemporaryFolder()
  if (user !== undefined) giveFolder(folder, user)
  const path = join(folder, 'http.sock')
  await once(server.listen({ path, readableAll: true, writableAll: true }), 'listening')
  return { path }
}

function stop(server: Server): void {
  server.closeAllConnections()
  server.close()
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

function createAnswer(options: ServiceOptions, trustedProxies: TrustedProxies): Answer {
  const bySpiffe = createGate(options, trustedProxies, spiffe({ trustDomain: 'prod.example' }))
  const byUri = createGate(options, trustedProxies, uriSan())
  return (request, response) => {
    const gate = request.url === '/uri' ? byUri : bySpiffe
    response.setHeader('content-type', 'application/json')
    void tell(gate, request).then((told) => response.end(JSON.stringify(told)))
  }
}

function createGate(
  { contract, minimumAssurance = 'proxy-asserted' }: ServiceOptions,
  trustedProxies: TrustedProxies,
  identity: IdentityRule,
): PeerGate {
  const { kind } = identity
  return createPeerGate({
    source: forwardedSource({ contract, trustedProxies }),
    identity,
    policy: definePolicy({
      identity: kind,
      permissions: ['invoice:read'],
      grants: [{ identity: readerId, allow: ['invoice:read'] }],
    }),
    minimumAssurance,
  })
}

async function tell(gate: PeerGate, request: IncomingMessage): Promise<Told> {
  const admission = gate.admit(request)
  const { identity, refusal } = admission
  const { allowed: isPublic } = await gate.guard(publicRoute)(admission, request)
  const names = [
    ...request.rawHeaders.filter((_, at) => at % 2 === 0),
    ...Object.keys(request.headers),
  ]
  return {
    who: identity?.value ?? String(refusal?.code),
    assurance: identity?.assurance ?? null,
    fingerprint: identity?.fingerprint256?.replaceAll(':', '').toLowerCase() ?? null,
    isPublic,
    left: names.filter((name) => /cert|ssl/iu.test(name)),
    sender: request.socket.remotePort ?? null,
  }
}

/** The fingerprint of a certificate, as {@link Told} has it. */
export function fingerprintOf({ der }: { readonly der: Uint8Array }): string {
  return createHash('sha256').update(der).digest('hex')
}
