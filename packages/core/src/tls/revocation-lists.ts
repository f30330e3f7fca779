import { isDeepStrictEqual } from 'node:util'
import { formatDistinguishedName } from '../certificate/format-distinguished-name.js'
import { parsePem } from '../certificate/pem.js'
import type { PemBlock } from '../certificate/pem.js'
import { parseRevocationList } from '../certificate/revocation-list.js'
import type { RevocationList } from '../certificate/revocation-list.js'
import { verifyRevocationList } from '../certificate/verify-revocation-list.js'
import { PeerGateError } from '../errors.js'
import type { LoadedCertificate } from './load-certificates.js'
import { readMaterial, withRoles } from './material.js'
import type { Material } from './material.js'

/** A revocation list of our own configuration. */
export interface LoadedRevocationList extends RevocationList {
  /** Where it stands, for messages: `list 2 of clientCas.payments.revocation.lists`. */
  readonly place: string
}

/**
 * Returns the newest list of each of these CAs that has one. Every list must be signed by one of
 * them, in whose name it is. Certificates of one CA that differ in nothing but their validity share
 * its list.
 *
 * @throws {PeerGateError} ERR_PEERGATE_REVOCATION_LIST_INVALID, ERR_PEERGATE_PEM_INVALID or
 * ERR_PEERGATE_FILE_UNREADABLE
 */
export function loadRevocationLists(
  role: string,
  materials: Material | readonly Material[],
  cas: readonly LoadedCertificate[],
): ReadonlyMap<LoadedCertificate, LoadedRevocationList> {
  const lists = withRoles(role, materials).flatMap(([each, material]) => loadLists(each, material))
  const now = Date.now()
  for (const list of lists) refuseFuture(list, now)
  const newest = new Map<LoadedCertificate, LoadedRevocationList>()
  for (const list of lists.toSorted((one, other) => other.thisUpdate - one.thisUpdate)) {
    for (const ca of signersOf(list, cas)) {
      refuseRival(list, newest.get(ca) ?? list)
      if (!newest.has(ca)) newest.set(ca, list)
    }
  }
  return newest
}

function loadLists(role: string, material: Material): readonly LoadedRevocationList[] {
  return readBlocks(role, material).map((block, index) =>
    loadList(`list ${index + 1} of ${role}`, block),
  )
}

function loadList(place: string, { label, der }: PemBlock): LoadedRevocationList {
  if (label !== pemLabel) throw invalid(place, `a ${label} is no revocation list; remove it`)
  return { place, ...parseRevocationList(der, place) }
}

function readBlocks(role: string, material: Material): readonly PemBlock[] {
  const text = readMaterial(role, material)
  if (text.includes('-----BEGIN')) return parsePem(text, role, maximumLength)
  return [{ label: pemLabel, der: Buffer.from(text, 'latin1') }]
}

/** RFC 7468 §6. */
const pemLabel = 'X509 CRL'

/** PEM of the longest DER that is read, 16 MiB. */
const maximumLength = 2 ** 25

/** A list of the future is one of a clock that is wrong, and then nobody knows what is stale. */
function refuseFuture({ place, thisUpdate }: LoadedRevocationList, now: number): void {
  if (thisUpdate <= now) return
  throw invalid(place, `issued on ${iso(thisUpdate)}, while the clock shows ${iso(now)}`)
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

/** The certificates of the CA that issued the list: several have one key after a renewal. */
function signersOf(
  list: LoadedRevocationList,
  cas: readonly LoadedCertificate[],
): readonly LoadedCertificate[] {
  const { place, issuer } = list
  const name = formatDistinguishedName(issuer)
  const namesakes = cas.filter(({ facts }) => isDeepStrictEqual(facts.subject, issuer))
  if (namesakes.length === 0) throw invalid(place, `its issuer ${name} is no CA of the set`)
  const signers = namesakes.filter(({ publicKey }) => verifyRevocationList(list, publicKey))
  if (signers.length === 0) throw invalid(place, `no CA ${name} of the set signed it`)
  const entitled = signers.filter(({ facts }) => facts.keyUsage?.includes('cRLSign') !== false)
  if (entitled.length > 0) return entitled
  throw invalid(place, `the CA ${name} may not sign revocation lists (keyUsage)`)
}

/** Of two lists of one time, nobody can say which counts. */
function refuseRival(list: LoadedRevocationList, newest: LoadedRevocationList): void {
  if (list.thisUpdate < newest.thisUpdate || isDeepStrictEqual(list.signed, newest.signed)) return
  throw invalid(list.place, `as new as ${newest.place}, and different; remove one`)
}

function invalid(place: string, fault: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_REVOCATION_LIST_INVALID', `${place}: ${fault}`)
}
