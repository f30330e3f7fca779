import { once } from 'node:events'
import { createServer, request as requestHttp } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { parseCertificate } from '@peergate/core'
import type { PeerEvidence } from '@peergate/core'
import { optionError } from '@peergate/core/options'
import type { ClientNames } from '../connection/client-names.js'
import type { ConnectionAnswer } from '../connection/connection-report.js'
import { createTestPki } from '../connection/test-pki.js'
import { bypassFor } from './bypassed-source.js'
import { refuseProduction } from './refuse-production.js'

/** An application whose routes are tested without TLS. What answers here says nothing about the TLS gate. */
export interface GateBypass {
  readonly bypasses: 'tls'
  /** One request of the client, over plain HTTP on the loopback interface. */
  readonly request: (
    method: string,
    path: string,
    options?: BypassedRequestOptions,
  ) => Promise<ConnectionAnswer>
}

export interface BypassedRequestOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface BypassOptions {
  /** The name of the client CA set that would have admitted the client; none without it. */
  readonly trustSet?: string
}

/** A Fastify application, or a listener such as an Express application. */
export type BypassableApp = FastifyRouting | RequestListener

/** As much of a Fastify application as is needed to ask it. */
export interface FastifyRouting {
  readonly ready: () => PromiseLike<unknown>
  readonly routing: (request: IncomingMessage, response: ServerResponse) => void
}

/**
 * Asks `app` as a client with the names `identity` in its certificate would, without TLS. It bypasses the
 * TLS gate, and says so in a process warning: test that gate by {@link withServer}. The gate of the
 * application has to be one of {@link bypassedSource}.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where `NODE_ENV` is `production`, for an application
 * that cannot be asked, and for names that no certificate can have
 *
 * @example
 * ```ts
 * const api = await withClientIdentity(app, { uri: ['spiffe://prod.example/ns/payments/sa/api'] })
 * const { status } = await api.request('GET', '/invoices/42')
 * ```
 */
export async function withClientIdentity(
  app: BypassableApp,
  identity: ClientNames,
  { trustSet }: BypassOptions = {},
): Promise<GateBypass> {
  refuseProduction('withClientIdentity')
  const listener = await listenerOf(app)
  const peer = await mintEvidence(identity, trustSet ?? null)
  process.emitWarning('withClientIdentity bypasses the TLS gate; nothing of TLS is tested', {
    type: 'PeergateWarning',
    code: 'PEERGATE_GATE_BYPASSED',
  })
  return {
    bypasses: 'tls',
    request: async (method, path, options = {}) => {
      refuseProduction('withClientIdentity')
      return ask({ listener, peer }, method, path, options)
    },
  }
}

async function listenerOf(app: unknown): Promise<RequestListener> {
  if (isFastify(app)) {
    await app.ready()
    return (request, response) => app.routing(request, response)
  }
  if (typeof app === 'function') return app as RequestListener
  const fault = 'the application must be a Fastify application or a listener'
  throw optionError('withClientIdentity', fault)
}

function isFastify(app: unknown): app is FastifyRouting {
  const { ready, routing } = (app ?? {}) as Record<string, unknown>
  return typeof ready === 'function' && typeof routing === 'function'
}

/** What a TLS gate would have found of such a client. */
async function mintEvidence(identity: ClientNames, trustSet: string | null): Promise<PeerEvidence> {
  const { pki } = await createTestPki({ identity })
  const { der } = await pki.issue({
    issuer: 'client-ca',
    subject: 'CN=client',
    usage: 'client',
    ...identity,
  })
  const certificate = parseCertificate(der)
  return Object.freeze({ source: 'bypassed', assurance: 'tls', certificate, trustSet })
}

interface Asked {
  readonly listener: RequestListener
  readonly peer: PeerEvidence
}

/** A server and a connection for each request, so that nobody else can come over it. */
async function ask(
  { listener, peer }: Asked,
  method: string,
  path: string,
  { headers = {}, body = '' }: BypassedRequestOptions,
): Promise<ConnectionAnswer> {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port: localPort } = server.address() as AddressInfo
  const socket = connect(localPort, '127.0.0.1')
  await once(socket, 'connect')
  const forget = bypassFor({ localPort, remotePort: Number(socket.localPort) }, peer)
  try {
    const createConnection = () => socket
    const request = requestHttp({ createConnection, method, path, headers })
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const { statusCode, headers: answered } = response
    return { status: Number(statusCode), headers: answered, body: await text(response) }
  } finally {
    forget()
    socket.destroy()
    server.close()
    server.closeAllConnections()
  }
}
