import { Server as HttpsServer } from 'node:https'
import { Server } from 'node:tls'
import type { SecureContextOptions } from 'node:tls'
import { optionError } from '../options.js'
import type { RolloutMode } from '../rollout-mode.js'
import { serverOptionsBy } from './server-options.js'
import type { TlsServerOptions } from './server-options.js'

/** Gives a server its TLS, all of it: what Node is not told again, it forgets or keeps as it likes. */
export type SetContext = (contextOptions: SecureContextOptions) => void

/**
 * Takes `server`, which was made with `serverOptions`, and takes away from everybody else the means to
 * change its context.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function bindServer(
  server: Server,
  serverOptions: TlsServerOptions,
  mode: RolloutMode,
): SetContext {
  refuseUnfitServer(server)
  if (mode === 'enforce') refuseWithoutHttp(server)
  refuseSessionStore(server)
  refuseOtherOptions(server, serverOptions)
  const setContext = server.setSecureContext.bind(server)
  for (const method of ['addContext', 'setSecureContext'] as const) lock(server, method)
  bound.add(server)
  return setContext
}

const bound = new WeakSet<Server>()

function refuseUnfitServer(server: Server): void {
  if (!(server instanceof Server)) {
    throw invalid('the server must be a TLS server, made with tls.serverOptions')
  }
  if (bound.has(server)) throw invalid('another TLS gate is attached to this server')
  if (server.listening) {
    throw invalid('the server already listens, so that peers came in unseen; attach before listen')
  }
}

/** Whoever is not accepted could be answered by nobody, and would be let in. */
function refuseWithoutHttp(server: Server): void {
  // Node does not give away the class of its HTTP/2 servers.
  if (server instanceof HttpsServer || 'updateSettings' in server) return
  throw invalid('the mode "enforce" answers over HTTP, and the server is none of https or http2')
}

/** A store would keep sessions that were made under another trust. */
function refuseSessionStore(server: Server): void {
  for (const event of ['newSession', 'resumeSession']) {
    if (server.listenerCount(event) > 0) {
      throw invalid(`the server must not have an external session store; remove ${event}`)
    }
  }
}

/**
 * What a server was made with and `serverOptions` would replace must not be lost in silence: it may
 * be a list of revoked certificates. Node keeps these options as properties of the server; should a
 * version not, they are replaced all the same.
 */
function refuseOtherOptions(server: object, serverOptions: TlsServerOptions): void {
  const made = optionsMadeFrom(server, serverOptions)
  for (const name of contextOptions) {
    const present: unknown = Reflect.get(server, name)
    if (present !== undefined && present !== Reflect.get(made, name)) {
      throw invalid(`the server was made with another ${name}; make it with tls.serverOptions`)
    }
  }
}

/** They may be those of an earlier state of the files, which `setContext` replaces at once. */
function optionsMadeFrom(server: object, serverOptions: TlsServerOptions): TlsServerOptions {
  const made = serverOptionsBy(Reflect.get(server, 'ca'))
  return made !== undefined && made.SNICallback === serverOptions.SNICallback ? made : serverOptions
}

const contextOptions = [
  'requestCert',
  'rejectUnauthorized',
  'ca',
  'cert',
  'key',
  'pfx',
  'crl',
  'minVersion',
  'maxVersion',
  'secureProtocol',
  'ciphers',
  'sigalgs',
  'ecdhCurve',
  'dhparam',
  'ticketKeys',
]

function lock(server: Server, method: 'addContext' | 'setSecureContext'): void {
  Object.defineProperty(server, method, {
    value() {
      throw invalid(
        `${method} would change the TLS of an attached server; change its files and call tls.reload`,
      )
    },
  })
}

function invalid(fault: string) {
  return optionError('attach', fault)
}
