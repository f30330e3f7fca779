import { PeerGateError } from '../errors.js'
import type { CertificateFacts } from './certificate-facts.js'
import {
  noExtensions,
  readExtensions,
  type CertificateExtensions,
} from './certificate-extensions.js'
import { enter, isNext, leave, malformed, openDer, tags, type DerReader } from './der.js'
import { readBitString, readBitStringOfBytes, readSmallUnsigned } from './der-primitives.js'
import { readTime } from './der-time.js'
import { readDistinguishedName, readIssuer } from './distinguished-name.js'
import { fingerprintOf } from '../identity-value/fingerprint.js'
import { rememberTwins } from '../identity-value/twin-fingerprints.js'
import { readPublicKey } from './public-key.js'
import { readSerialNumber } from './serial-number.js'
import { readSignatureAlgorithm } from './signature-algorithm.js'
import { listTwinFingerprints } from './twin-fingerprints.js'

/**
 * Returns what a certificate says, read strictly from its DER (RFC 5280 §4.1), or refuses it.
 *
 * OpenSSL accepts much that is not DER, and its text renderings leave out what they cannot show. Two
 * readers of such a certificate may see two different peers, so here it is an error: any form but
 * the one canonical encoding, any byte too many, any extension that occurs twice. Nothing is
 * verified: neither the signature, nor the chain, nor that the key is well-formed.
 *
 * The result is frozen and shares no memory with `der`; its byte arrays are copies.
 *
 * @throws {PeerGateError} ERR_PEERGATE_CERTIFICATE_MALFORMED naming the field and the rule it breaks.
 * @throws {PeerGateError} ERR_PEERGATE_CERTIFICATE_TOO_LARGE above 16 KiB, or 100 subject alternative
 * names, attributes of a name, extensions or extended key usages.
 *
 * @example
 * ```ts
 * const { subjectAlternativeNames, notAfter } = parseCertificate(peerCertificate.raw)
 * ```
 */
export function parseCertificate(der: Uint8Array): CertificateFacts {
  if (der.length > maximumBytes) throw tooLarge(der.length)
  // Memory of somebody else could change between the checks and the fingerprint.
  const bytes = new Uint8Array(der)
  const whole = openDer(bytes)
  const certificate = enter(whole, tags.sequence, 'certificate')
  leave(whole, 'certificate')
  const start = certificate.position
  const signed = enter(certificate, tags.sequence, 'tbsCertificate')
  const algorithm = readSignatureAlgorithm(certificate, 'signatureAlgorithm')
  const beforeSignature = bytes.subarray(start, certificate.position)
  const signature = readBitStringOfBytes(certificate, 'signatureValue')
  leave(certificate, 'certificate')
  const facts = Object.freeze(readSigned(signed, algorithm, fingerprintOf(bytes)))
  rememberTwins(facts, () => listTwinFingerprints({ beforeSignature, algorithm, signature }))
  return facts
}

const maximumBytes = 16_384

function tooLarge(length: number): PeerGateError {
  const detail = `${length} bytes; at most ${maximumBytes} are read`
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_TOO_LARGE', detail)
}

/** TBSCertificate (RFC 5280 §4.1.2). */
function readSigned(
  signed: DerReader,
  outerAlgorithm: Uint8Array,
  fingerprint256: string,
): CertificateFacts {
  const version = readVersion(signed)
  const serialNumber = readSerialNumber(signed, 'serialNumber')
  const innerAlgorithm = readSignatureAlgorithm(signed, 'signature')
  if (Buffer.compare(innerAlgorithm, outerAlgorithm) !== 0) {
    throw malformed('signature', 'differs from signatureAlgorithm')
  }
  const issuer = readIssuer(signed)
  const validity = enter(signed, tags.sequence, 'validity')
  const notBefore = readTime(validity, 'notBefore')
  const notAfter = readTime(validity, 'notAfter')
  leave(validity, 'validity')
  const subject = readDistinguishedName(signed, 'subject')
  const publicKey = readPublicKey(signed, 'subjectPublicKeyInfo')
  const { subjectAlternativeNames, keyUsage, extendedKeyUsage, basicConstraints } =
    readOptionalFields(signed, version)
  leave(signed, 'tbsCertificate')
  return {
    subject,
    issuer,
    serialNumber,
    notBefore,
    notAfter,
    fingerprint256,
    subjectAlternativeNames,
    keyUsage,
    extendedKeyUsage,
    basicConstraints,
    publicKey,
  }
}

type Version = 1 | 2 | 3

/** RFC 5280 §4.1.2.1; version 1 is the default, which DER does not encode. */
function readVersion(signed: DerReader): Version {
  if (!isNext(signed, explicitVersion)) return 1
  const explicit = enter(signed, explicitVersion, 'version')
  const version = readSmallUnsigned(explicit, 'version')
  leave(explicit, 'version')
  if (version === 0) throw malformed('version', 'encodes its default value v1')
  if (version === 1) return 2
  if (version === 2) return 3
  throw malformed('version', 'is none of v1, v2 and v3')
}

const explicitVersion = 0xa0

/** Unique identifiers came with version 2, extensions with version 3 (RFC 5280 §4.1.2.8–9). */
function readOptionalFields(signed: DerReader, version: Version): CertificateExtensions {
  if (version >= 2) {
    if (isNext(signed, issuerUniqueId)) readBitString(signed, issuerUniqueId, 'issuerUniqueID')
    if (isNext(signed, subjectUniqueId)) readBitString(signed, subjectUniqueId, 'subjectUniqueID')
  }
  if (!isNext(signed, explicitExtensions)) return noExtensions
  if (version !== 3) {
    throw malformed('extensions', `cannot be in a certificate of version ${version}`)
  }
  const explicit = enter(signed, explicitExtensions, 'extensions')
  const extensions = readExtensions(explicit)
  leave(explicit, 'extensions')
  return extensions
}

const issuerUniqueId = 0x81
const subjectUniqueId = 0x82
const explicitExtensions = 0xa3
