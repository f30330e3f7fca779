import { PeerGateError } from '../errors.js'
import {
  copyElement,
  enter,
  hasMore,
  isNext,
  leave,
  malformed,
  openDer,
  openElement,
  readTagged,
  tags,
  type DerReader,
} from './der.js'
import { readBitStringOfBytes, readSmallUnsigned } from './der-primitives.js'
import { readTime } from './der-time.js'
import { readIssuer, type DistinguishedName } from './distinguished-name.js'
import { readExtensionList } from './extension.js'
import { readSerialNumber } from './serial-number.js'
import {
  acceptSignatureAlgorithm,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
} from './signature-algorithm.js'

/** A certificate revocation list that speaks of every certificate of its issuer (RFC 5280 §5). */
export interface RevocationList {
  readonly issuer: DistinguishedName
  /** Epoch milliseconds. */
  readonly thisUpdate: number
  /** Epoch milliseconds; from then on the list is stale. */
  readonly nextUpdate: number
  /** Of the revoked certificates, in upper-case hexadecimal, as Node's `X509Certificate` writes it. */
  readonly serialNumbers: ReadonlySet<string>
  /** What the issuer signed: the DER of TBSCertList. */
  readonly signed: Uint8Array
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signature: Uint8Array
}

/**
 * Returns what a revocation list says, read strictly from its DER, or refuses it.
 *
 * A list that speaks of some revocations only would leave a revoked peer in. Refused are therefore
 * delta CRLs, indirect CRLs, and those that an issuing distribution point limits to some
 * certificates or reasons. One that names a distribution point is limited too: to the certificates
 * that name the same (RFC 5280 §6.3.3), of which nothing is known here.
 *
 * Nothing is verified: neither the signature nor that the list is
 * current.
 *
 * @param place where the list stands, such as `list 1 of crl.pem`; it begins every message.
 * @throws {PeerGateError} ERR_PEERGATE_REVOCATION_LIST_INVALID naming the field and the rule it breaks.
 */
export function parseRevocationList(der: Uint8Array, place: string): RevocationList {
  try {
    return readRevocationList(der)
  } catch (cause) {
    // The reader of DER speaks of certificates.
    const { detail } = cause as PeerGateError
    throw new PeerGateError('ERR_PEERGATE_REVOCATION_LIST_INVALID', `${place}: ${detail}`, {
      cause,
    })
  }
}

/** CertificateList (RFC 5280 §5.1.1). */
function readRevocationList(der: Uint8Array): RevocationList {
  const whole = openDer(new Uint8Array(der))
  const list = enter(whole, tags.sequence, 'certificateList')
  leave(whole, 'certificateList')
  const signed = readTagged(list, tags.sequence, 'tbsCertList')
  const algorithm = readSignatureAlgorithm(list, 'signatureAlgorithm')
  const signature = readBitStringOfBytes(list, 'signatureValue').slice()
  leave(list, 'certificateList')
  return Object.freeze({
    ...readSigned(openElement(list, signed), algorithm),
    signed: copyElement(list, signed),
    signatureAlgorithm: acceptSignatureAlgorithm(algorithm, 'signatureAlgorithm'),
    signature,
  })
}

/** TBSCertList (RFC 5280 §5.1.2). */
function readSigned(
  signed: DerReader,
  outerAlgorithm: Uint8Array,
): Pick<RevocationList, 'issuer' | 'nextUpdate' | 'serialNumbers' | 'thisUpdate'> {
  const version = readVersion(signed)
  const innerAlgorithm = readSignatureAlgorithm(signed, 'signature')
  if (Buffer.compare(innerAlgorithm, outerAlgorithm) !== 0) {
    throw malformed('signature', 'differs from signatureAlgorithm')
  }
  const issuer = readIssuer(signed)
  const thisUpdate = readTime(signed, 'thisUpdate')
  const nextUpdate = readNextUpdate(signed, thisUpdate)
  const serialNumbers = readRevokedCertificates(signed, version)
  readListExtensions(signed, version)
  leave(signed, 'tbsCertList')
  return { issuer, thisUpdate, nextUpdate, serialNumbers }
}

type Version = 1 | 2

/** RFC 5280 §5.1.2.1; version 1 has no number. */
function readVersion(signed: DerReader): Version {
  if (!isNext(signed, tags.integer)) return 1
  if (readSmallUnsigned(signed, 'version') === 1) return 2
  throw malformed('version', 'is not v2')
}

/** RFC 5280 §5.1.2.5 demands it of every list, and a list without it would never be stale. */
function readNextUpdate(signed: DerReader, thisUpdate: number): number {
  if (!isNext(signed, tags.utcTime) && !isNext(signed, tags.generalizedTime)) {
    throw malformed('nextUpdate', 'is missing')
  }
  const nextUpdate = readTime(signed, 'nextUpdate')
  if (nextUpdate <= thisUpdate) throw malformed('nextUpdate', 'is not after thisUpdate')
  return nextUpdate
}

/** RFC 5280 §5.1.2.6; absent where nothing is revoked. */
function readRevokedCertificates(signed: DerReader, version: Version): ReadonlySet<string> {
  const serialNumbers = new Set<string>()
  if (!isNext(signed, tags.sequence)) return serialNumbers
  const entries = enter(signed, tags.sequence, 'revokedCertificates')
  if (!hasMore(entries)) throw malformed('revokedCertificates', 'is empty')
  while (hasMore(entries)) {
    const entry = enter(entries, tags.sequence, 'revokedCertificates')
    serialNumbers.add(readSerialNumber(entry, 'userCertificate'))
    readTime(entry, 'revocationDate')
    if (version === 2 && hasMore(entry)) readEntryExtensions(entry)
    leave(entry, 'revokedCertificates')
  }
  return serialNumbers
}

/** RFC 5280 §5.3. Whatever the reason, the certificate is revoked. */
function readEntryExtensions(entry: DerReader): void {
  for (const [id, { isCritical }] of readExtensionList(entry, 'crlEntryExtensions')) {
    if (id === certificateIssuer) throw malformed(`extension ${id}`, 'makes the list indirect')
    if (isCritical && id !== reasonCode) throw notKnown(id)
  }
}

const reasonCode = '2.5.29.21'
const certificateIssuer = '2.5.29.29'

/** RFC 5280 §5.2. */
function readListExtensions(signed: DerReader, version: Version): void {
  if (version === 1 || !isNext(signed, explicitExtensions)) return
  const explicit = enter(signed, explicitExtensions, 'crlExtensions')
  for (const [id, { isCritical, value }] of readExtensionList(explicit, 'crlExtensions')) {
    if (id === deltaIndicator) throw malformed(`extension ${id}`, 'makes the list a delta')
    if (id === issuingDistributionPoint) refusePartialScope(value)
    else if (isCritical) throw notKnown(id)
  }
  leave(explicit, 'crlExtensions')
}

const explicitExtensions = 0xa0
const deltaIndicator = '2.5.29.27'
const issuingDistributionPoint = '2.5.29.28'

/** RFC 5280 §5.2.5: the one limit that leaves no peer out is that to end entities. */
function refusePartialScope({ bytes, position, end }: DerReader): void {
  if (Buffer.compare(bytes.subarray(position, end), onlyContainsUserCerts) === 0) return
  throw malformed(`extension ${issuingDistributionPoint}`, 'limits what the list speaks of')
}

/** The DER of an IssuingDistributionPoint that says this and nothing else. */
const onlyContainsUserCerts = Uint8Array.of(0x30, 0x03, 0x81, 0x01, 0xff)

function notKnown(id: string): PeerGateError {
  return malformed(`extension ${id}`, 'is critical and not known')
}
