import type { ConnectionAcceptedEvent } from '../telemetry/gate-event.js'
import type { ConfiguredAuthority } from '../tls/authorities.js'
import type { LedgerAuthority, LedgerUnattributed } from './ledger-export.js'

/** Which CAs lead to the clients that connect. */
export interface AuthorityUse {
  readonly note: (event: ConnectionAcceptedEvent, now: number) => void
  readonly listAuthorities: (configured: readonly ConfiguredAuthority[]) => LedgerAuthority[]
  /** Of the sets that are named, and of those that were met. */
  readonly listUnattributed: (trustSets: readonly string[]) => LedgerUnattributed[]
}

type Use = Pick<LedgerAuthority, 'connections' | 'lastUsed'>

/** More than anybody configures; beyond them are CAs that reloads have taken out since. */
const most = 10_000

export function createAuthorityUse(): AuthorityUse {
  const authorities = new Map<string, Use>()
  const unattributed = new Map<string | null, Use>()

  return {
    note({ trustSet, authorities: path }, now) {
      if (path.length === 0) count(unattributed, trustSet, now)
      for (const fingerprint256 of path) count(authorities, nameOf(trustSet, fingerprint256), now)
    },
    listAuthorities: (configured) =>
      configured.map((authority) => {
        const name = nameOf(authority.trustSet, authority.fingerprint256)
        return Object.assign({ ...unused }, authority, authorities.get(name))
      }),
    listUnattributed: (trustSets) =>
      [...new Set<string | null>([...trustSets, ...unattributed.keys()])].map((trustSet) =>
        Object.assign({ trustSet, ...unused }, unattributed.get(trustSet)),
      ),
  }
}

const unused: Use = { connections: 0, lastUsed: null }

/** A CA may be of several sets. */
function nameOf(trustSet: string | null, fingerprint256: string): string {
  return `${fingerprint256} ${trustSet}`
}

function count<Name>(uses: Map<Name, Use>, name: Name, now: number): void {
  const { connections } = uses.get(name) ?? unused
  uses.delete(name)
  uses.set(name, { connections: connections + 1, lastUsed: now })
  if (uses.size <= most) return
  const [oldest] = uses.keys()
  if (oldest !== undefined) uses.delete(oldest)
}
