import { hash } from 'node:crypto'
import { formatDistinguishedName } from '../certificate/format-distinguished-name.js'
import { PeerGateError } from '../errors.js'
import { isIssuedBy } from './load-certificates.js'
import type { LoadedCertificate } from './load-certificates.js'
import { loadRevocationLists } from './revocation-lists.js'
import type { LoadedRevocationList } from './revocation-lists.js'
import type { RevocationOptions } from './revocation-options.js'
import { createStalenessRule } from './staleness-rule.js'

/** What can be told of a revocation list. */
export interface ListInForce {
  /** The CA that it is of, as RFC 4514 writes it. */
  readonly issuer: string
  /** When the next one was announced for, in epoch milliseconds; null where it does not say. */
  readonly nextUpdate: number | null
}

/** What the revocation lists of one client CA set say of certificates. */
export interface Revocation {
  /**
   * What is revoked, in one text: for each CA that has a list its fingerprint and a digest of the
   * sorted serial numbers. A list that was issued again and revokes the same is no change.
   */
  readonly canonical: string
  /** The lists that are in force, each with the CA that it is of. */
  readonly lists: readonly ListInForce[]
  /**
   * Refuses a certificate that is revoked, or of which that cannot be told. So that nobody stays in
   * who was let in before, it is asked again on every request.
   *
   * @param serialNumber in upper-case hexadecimal, as Node's `X509Certificate` writes it.
   * @param issuer the CA of the set that issued the certificate; null where none of them did.
   * @param now epoch milliseconds.
   * @throws {PeerGateError} ERR_PEERGATE_CERTIFICATE_REVOKED or ERR_PEERGATE_REVOCATION_UNKNOWN
   */
  readonly refuseRevoked: (
    serialNumber: string,
    issuer: LoadedCertificate | null,
    now: number,
  ) => void
}

/**
 * Reads the revocation lists of one client CA set. They are judged here and not by OpenSSL, which
 * asks for a list of every CA it meets, knows no grace period, and never judges a live peer again.
 *
 * A list that cannot be used any more is a process warning with the code
 * `PEERGATE_REVOCATION_LIST_STALE`, and no error: the clients of its CA are refused, but a service
 * whose lists have gone stale can be restarted.
 *
 * @param role where the options stand, as option errors write it: `clientCas.payments.revocation`.
 * @throws {PeerGateError} ERR_PEERGATE_REVOCATION_LIST_INVALID, ERR_PEERGATE_PEM_INVALID or
 * ERR_PEERGATE_FILE_UNREADABLE
 */
export function loadRevocation(
  role: string,
  { lists, whenStale = 'fail' }: RevocationOptions,
  cas: readonly LoadedCertificate[],
): Revocation {
  const listOf = loadRevocationLists(`${role}.lists`, lists, cas)
  const refuseStale = createStalenessRule(new Set(listOf.values()), whenStale)
  const authorities = new Map(
    cas.map((ca) => [ca.facts.fingerprint256, describeAuthority(ca, cas, listOf)]),
  )
  return {
    canonical: describeLists(listOf),
    lists: [...listOf].map(([{ facts }, { nextUpdate }]) => ({
      issuer: formatDistinguishedName(facts.subject),
      nextUpdate,
    })),
    refuseRevoked(serialNumber, issuer, now) {
      const authority = issuer === null ? undefined : authorities.get(issuer.facts.fingerprint256)
      if (authority === undefined) throw unknown('its issuer is no CA of the set')
      const { list, name, above } = authority
      if (list === undefined) throw unknown(`there is no revocation list of its issuer ${name}`)
      refuseListed({ list, serialNumber, bearer: 'the certificate' })
      refuseStale(list, now)
      for (const entry of above) {
        refuseListed(entry)
        refuseStale(entry.list, now)
      }
    },
  }
}

/** A CA of the set, as far as the certificates that it issued are concerned. */
interface Authority {
  readonly name: string
  readonly list: LoadedRevocationList | undefined
  /** What would revoke the CA itself, or one above it. */
  readonly above: readonly Entry[]
}

/** A place in a list, which is empty unless the bearer of the serial number is revoked. */
interface Entry {
  readonly list: LoadedRevocationList
  readonly serialNumber: string
  readonly bearer: string
}

function describeAuthority(
  ca: LoadedCertificate,
  cas: readonly LoadedCertificate[],
  listOf: ReadonlyMap<LoadedCertificate, LoadedRevocationList>,
): Authority {
  const above: Entry[] = []
  const path = new Set([ca])
  // A set is walked to its last member, also of those added on the way.
  for (const issued of path) {
    for (const issuer of cas) {
      if (issuer === issued || !isIssuedBy(issued.x509, issuer)) continue
      path.add(issuer)
      const list = listOf.get(issuer)
      const { serialNumber } = issued.facts
      if (list !== undefined) above.push({ list, serialNumber, bearer: issued.place })
    }
  }
  return { name: formatDistinguishedName(ca.facts.subject), list: listOf.get(ca), above }
}

function refuseListed({ list, serialNumber, bearer }: Entry): void {
  if (!list.serialNumbers.has(serialNumber)) return
  const fault = `${list.place} revokes ${bearer} (serial number ${serialNumber})`
  throw new PeerGateError('ERR_PEERGATE_CERTIFICATE_REVOKED', fault)
}

function describeLists(listOf: ReadonlyMap<LoadedCertificate, LoadedRevocationList>): string {
  const lines = [...listOf].map(
    ([{ facts }, { serialNumbers }]) => `${facts.fingerprint256} ${digest(serialNumbers)}`,
  )
  return [...new Set(lines)].toSorted().join('\n')
}

function digest(serialNumbers: ReadonlySet<string>): string {
  return hash('sha256', [...serialNumbers].toSorted().join(' '), 'hex')
}

function unknown(fault: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_REVOCATION_UNKNOWN', fault)
}
