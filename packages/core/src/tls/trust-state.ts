import { createHash } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { SecureContext, SecureContextOptions } from 'node:tls'
import { listAuthorities, listRevocationLists } from './authorities.js'
import type { ConfiguredAuthority, ConfiguredRevocationList } from './authorities.js'
import type { ClientCas } from './client-cas.js'
import type { Denylist } from './denylist.js'
import type { HostName } from './host-options.js'
import type { Host, Hosts } from './hosts.js'
import type { Resumption } from './resumption.js'
import { addSessions, createServerOptions } from './server-options.js'
import type { ContextRules, TlsServerOptions } from './server-options.js'

/** Everything that decides who is admitted, read as a whole and replaced as a whole. */
export interface TrustState {
  /**
   * The SHA-256 over what is trusted and what is revoked, 64 hexadecimal digits: processes with the
   * same trust have the same epoch, however their files are written.
   */
  readonly epoch: string
  readonly clientCasOf: (host: HostName) => ClientCas
  readonly denylist: Denylist
  /** What everybody may see, and make servers with. */
  readonly serverOptions: TlsServerOptions
  /** What the context of an attached server is made of: with the keys of its session tickets. */
  readonly contextOptions: SecureContextOptions
  /** The context of a host; undefined where that of the server is for every name. */
  readonly contextOf: (host: HostName) => SecureContext | undefined
  readonly authorities: readonly ConfiguredAuthority[]
  readonly revocationLists: readonly ConfiguredRevocationList[]
}

export function createTrustState(parts: {
  readonly hosts: Hosts
  readonly denylist: Denylist
  readonly resumption: Resumption
  readonly rules: Omit<ContextRules, 'epoch'>
}): TrustState {
  const { hosts, denylist, resumption } = parts
  const epoch = createHash('sha256')
    .update(JSON.stringify({ clientCas: hosts.canonical, denylist: denylist.canonical }))
    .digest('hex')
  const rules = { ...parts.rules, epoch }
  const sessions = () => resumption.sessionOptions(epoch)
  const serverOptions = createServerOptions(hosts.forEveryName, rules)
  const contexts = new Map(
    [...hosts.byName].map(([name, host]) => [name, createHostContext(host, rules, sessions())]),
  )
  return Object.freeze({
    epoch,
    clientCasOf: hosts.clientCasOf,
    denylist,
    serverOptions,
    contextOptions: addSessions(serverOptions, sessions()),
    contextOf: (host: HostName) => (host === null ? undefined : contexts.get(host)),
    authorities: Object.freeze(listAuthorities(hosts)),
    revocationLists: Object.freeze(listRevocationLists(hosts)),
  })
}

/** What contexts can be asked for, and servers cannot: to end a chain at an intermediate. */
function createHostContext(
  host: Host,
  rules: ContextRules,
  sessions: Parameters<typeof addSessions>[1],
): SecureContext {
  return createSecureContext({
    ...addSessions(createServerOptions(host, rules), sessions),
    allowPartialTrustChain: host.clientCas.endsBelowRoots,
  })
}
