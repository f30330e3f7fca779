import type { IdentityKind } from '../client-identity.js'
import type { PeerGateErrorCode } from '../errors.js'
import type { RolloutMode } from '../rollout-mode.js'
import type { ConfiguredAuthority } from '../tls/authorities.js'
import type { CertificateDescription } from '../tls/certificate-description.js'

/**
 * Where somebody is refused, or would be: `tls` by the TLS gate, `identity` for want of an identity,
 * `permission` by the policy in force, `shadow` by what is only tried.
 */
export type LedgerStage = 'identity' | 'permission' | 'shadow' | 'tls'

/**
 * Whether the service is ready for strict mutual TLS. `unknown` where the ledger has not seen enough to
 * say yes, which is not a yes.
 */
export interface LedgerVerdict {
  readonly ready: 'no' | 'unknown' | 'yes'
  /** One sentence or more, for the operator. */
  readonly because: readonly string[]
}

/**
 * What a ledger has to say, as plain JSON. Times are epoch milliseconds. `version` changes when a field
 * gets another meaning or is taken away, and not when one is added.
 */
export interface LedgerExport {
  readonly version: 1
  /** The name of the gate. */
  readonly gate: string
  /** What the gate did when it was last heard; null before. */
  readonly mode: RolloutMode | null
  /** Seconds. */
  readonly window: number
  readonly strangers: 'block' | 'ignore'
  /** Since when the ledger watches. */
  readonly since: number
  /** When this was exported. */
  readonly at: number
  readonly verdict: LedgerVerdict
  readonly accepted: LedgerAccepted
  /** Who was refused, or would have been, the last first; peers of the configured CAs before strangers. */
  readonly entries: readonly LedgerEntry[]
  readonly dropped: { readonly peers: LedgerDropped; readonly strangers: LedgerDropped }
  /** The configured CAs and their use; null for a ledger without the option `tls`. */
  readonly authorities: readonly LedgerAuthority[] | null
  /** Connections of clients whose issuer is not configured but was sent by themselves. */
  readonly unattributed: readonly LedgerUnattributed[]
}

/** What was accepted within the window; up to a sixtieth of the window before it is counted, too. */
export interface LedgerAccepted {
  readonly connections: number
  /** Whose sender had an identity. */
  readonly requests: number
  /** When one of them was last accepted; null for never. */
  readonly last: number | null
}

/** What does not fit into the ledger any more. */
export interface LedgerDropped {
  /** How many entries, each the one that was not seen for the longest; who comes again is counted again. */
  readonly count: number
  /** When; null for never. */
  readonly last: number | null
}

/** One peer that was refused, or would have been. */
export interface LedgerEntry {
  /**
   * By what the peer is known again: `identity:` and its value; else `fingerprint:` and that of the
   * certificate, also one that was not accepted; else, without a certificate, `address:` and the remote
   * address, or `address:unknown`. Whoever gets a new certificate without an identity is a new entry.
   */
  readonly key: string
  readonly identity: LedgerIdentity | null
  readonly fingerprint256: string | null
  /** That of the last time. */
  readonly remoteAddress: string | null
  /**
   * Whether a configured CA did sign the certificate. False for a stranger: of another CA, without a
   * certificate, or without a handshake. Null where it cannot be told, which is not ignored.
   */
  readonly isOfConfiguredCa: boolean | null
  readonly first: number
  readonly last: number
  /** Whether the verdict is no, as long as this entry is of the window. */
  readonly isBlocking: boolean
  /** How many connections. */
  readonly connections: number
  /** How many requests, also those on these connections. */
  readonly requests: number
  readonly refusals: readonly LedgerRefusal[]
  /** How often by others than the first 20 of `refusals`. */
  readonly otherRefusals: number
  /** On which routes; connections have none. */
  readonly routes: readonly LedgerRoute[]
  /** How often on others than the first 20 of `routes`. */
  readonly otherRoutes: number
  /** What was verified when a connection was opened that is not accepted any more. */
  readonly certificate: CertificateDescription | null
  /** What the peer claims; nobody vouches for it. */
  readonly unverified: CertificateDescription | null
}

export interface LedgerIdentity {
  readonly kind: IdentityKind
  /** Cut to 200 characters. */
  readonly value: string
  readonly trustSet: string | null
}

/** One way in which a peer fails. */
export interface LedgerRefusal {
  readonly stage: LedgerStage
  readonly code: PeerGateErrorCode
  readonly count: number
  readonly last: number
  /** Whether it was refused the last time; false for what was only observed, or tried. */
  readonly isEnforced: boolean
}

export interface LedgerRoute {
  /** The method and the declared path: `GET /invoices/:id`, cut to 200 characters. */
  readonly route: string
  readonly count: number
}

/** A configured CA, and the accepted connections of clients that it leads to. */
export interface LedgerAuthority extends ConfiguredAuthority {
  readonly connections: number
  /** When such a connection was last opened; null for never. */
  readonly lastUsed: number | null
}

export interface LedgerUnattributed {
  /** Null where it cannot be told. */
  readonly trustSet: string | null
  readonly connections: number
  readonly lastUsed: number | null
}
