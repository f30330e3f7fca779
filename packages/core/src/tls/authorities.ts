import { formatDistinguishedName } from '../certificate/format-distinguished-name.js'
import type { ClientCaSet } from './client-ca-set.js'
import type { Membership } from './client-cas.js'
import type { Hosts } from './hosts.js'
import { isIssuedBy } from './load-certificates.js'
import type { LoadedCertificate } from './load-certificates.js'
import type { ListInForce } from './revocation.js'

/** A CA that clients are admitted by. */
export interface ConfiguredAuthority {
  readonly trustSet: string
  readonly role: 'anchor' | 'issuer'
  /** As RFC 4514 writes it. */
  readonly subject: string
  readonly fingerprint256: string
  /** Epoch milliseconds, inclusive. */
  readonly notAfter: number
}

/** A revocation list that is in force. */
export interface ConfiguredRevocationList extends ListInForce {
  readonly trustSet: string
}

/** The CAs of all sets; a set that several hosts share has its own once. */
export function listAuthorities(hosts: Hosts): readonly ConfiguredAuthority[] {
  return uniqueSets(hosts).flatMap(({ name, listed, issuers }) =>
    listed.map((ca) =>
      Object.freeze({
        trustSet: name,
        role: issuers.includes(ca) ? 'issuer' : 'anchor',
        subject: formatDistinguishedName(ca.facts.subject),
        fingerprint256: ca.facts.fingerprint256,
        notAfter: ca.facts.notAfter,
      }),
    ),
  )
}

export function listRevocationLists(hosts: Hosts): readonly ConfiguredRevocationList[] {
  return uniqueSets(hosts).flatMap(({ name, revocation }) =>
    (revocation?.lists ?? []).map((list) => Object.freeze({ trustSet: name, ...list })),
  )
}

function uniqueSets({ sets }: Hosts): readonly ClientCaSet[] {
  return [...new Map(sets.map((set) => [set.name, set])).values()]
}

/** The CAs of its set that lead to a leaf, its issuer first. */
export function authoritiesOf({ set, issuer }: Membership): readonly LoadedCertificate[] {
  if (set === null || issuer === null) return []
  const path = new Set([issuer])
  // A set is walked to its last member, also of those added on the way.
  for (const issued of path) {
    for (const ca of set.listed) if (ca !== issued && isIssuedBy(issued.x509, ca)) path.add(ca)
  }
  return [...path]
}
