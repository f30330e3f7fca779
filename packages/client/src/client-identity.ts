import type { Agent, AgentOptions } from 'node:https'
import type { CertificateFacts } from '@peergate/core'
import type { Dispatcher } from 'undici'
import { parseClientIdentityOptions } from './client-identity-options.js'
import type { ClientIdentityOptions } from './client-identity-options.js'
import { createDispatcher } from './dispatcher.js'
import type { DispatcherOptions } from './dispatcher.js'
import { openHttp2 } from './http2-connection.js'
import type { Http2Connection } from './http2-connection.js'
import { createRotation } from './rotation.js'
import type { RotationUser } from './rotation-users.js'
import { ScopedAgent } from './scoped-agent.js'
import { createServerTls, describeUpstream } from './server-tls.js'
import type { Authority } from './server-tls.js'

/** One certificate and its key, for every way to call a server. */
export interface CallingIdentity {
  /** What the certificate says that new connections are made with. */
  readonly certificate: CertificateFacts
  /** For `https.request`, and what is built on it. */
  readonly httpsAgent: (options?: HttpsAgentOptions) => Agent
  /** For undici, and for `fetch` as its `dispatcher`. */
  readonly dispatcher: (options?: DispatcherOptions) => Dispatcher
  /** Requests to one server over HTTP/2, whose connection is renewed when the material is. */
  readonly http2Connect: (authority: string | URL) => Http2Connection
  /**
   * Reads the files again. New connections are made with what they hold; older ones finish the requests
   * in flight and are closed.
   *
   * @throws {PeerGateError} what {@link createClientIdentity} throws; then everything stays as it was.
   */
  readonly reload: () => Promise<CertificateFacts>
  /** Stops looking at files and signals. Connections are not touched. */
  readonly close: () => void
}

/** What may be chosen of an agent; its TLS may not. */
export type HttpsAgentOptions = Pick<
  AgentOptions,
  'keepAlive' | 'keepAliveMsecs' | 'maxFreeSockets' | 'maxSockets' | 'maxTotalSockets' | 'timeout'
>

/**
 * Loads and checks what a client proves itself with, before its first connection. The certificate is
 * shown to the named servers alone; every server is verified.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID,
 * ERR_PEERGATE_CLIENT_KEY_INVALID, ERR_PEERGATE_CLIENT_CA_INVALID, ERR_PEERGATE_SERVER_CA_INVALID,
 * ERR_PEERGATE_PEM_INVALID or ERR_PEERGATE_FILE_UNREADABLE
 *
 * @example
 * ```ts
 * const identity = createClientIdentity({
 *   cert: 'certs/worker.pem',
 *   key: 'certs/worker-key.pem',
 *   serverCas: 'certs/server-ca.pem',
 *   servers: { 'invoices.example:8443': {} },
 *   reload: { every: 1 },
 * })
 * const response = await fetch('https://invoices.example:8443/', { dispatcher: identity.dispatcher() })
 * ```
 */
export function createClientIdentity(options: ClientIdentityOptions): CallingIdentity {
  const parsed = parseClientIdentityOptions(options)
  const rotation = createRotation(parsed)
  const rules = {
    version: rotation.current,
    tlsFor: (authority: Authority) => createServerTls(parsed, rotation.current(), authority),
    describe: (authority: Authority) => describeUpstream(parsed.servers, authority),
  }

  function following<User extends RotationUser>(user: User): User {
    rotation.follow(user)
    return user
  }

  return Object.freeze({
    get certificate() {
      return rotation.current().facts
    },
    httpsAgent: (chosen: HttpsAgentOptions = {}) => following(new ScopedAgent(rules, chosen)),
    dispatcher: (chosen: DispatcherOptions = {}) => following(createDispatcher(rules, chosen)),
    http2Connect: (authority: string | URL) => following(openHttp2(rules, new URL(authority))),
    reload: async () => rotation.reload().facts,
    close: rotation.stop,
  })
}
