import { createHash } from 'node:crypto'
import type { PeerGateError } from '../errors.js'
import { quote } from '../identity-value/quote.js'
import { optionError } from '../options.js'
import { absent, ambiguous, malformed, nothingSent, unverified } from './contract-fault.js'
import { refuseLongChain } from './decode/der.js'
import type { LeafFirst } from './decode/der.js'
import type {
  ContractHeader,
  ForwardedAssurance,
  ForwardedCertificate,
  ForwardedHeaders,
  ProxyContract,
} from './proxy-contract.js'

/** What the contract of a product that forwards a certificate consists of. */
export interface CertificateRule {
  readonly name: string
  /** The function whose options name the headers. */
  readonly owner: string
  /** The header of the certificate. */
  readonly certificate: string
  /** What the product writes into it where there is none, if anything. */
  readonly none?: readonly string[]
  /** The leaf, and behind it whatever the same header says of the chain. */
  readonly decode: (header: string, text: string) => LeafFirst
  readonly signals?: readonly Signal[]
  readonly chain?: ChainHeader | undefined
  /** The header of the certificate’s SHA-256, in hexadecimal. */
  readonly fingerprint?: string
  /** What certificate and signals must stand before, see {@link ContractHeader.before}. */
  readonly before?: readonly string[]
  readonly assurance: ForwardedAssurance
}

/** A header that says whether the certificate counts. */
export interface Signal {
  readonly header: string
  /** The values that let it count; each other one refuses it, and so does none. */
  readonly yes: readonly string[]
  /** The values that go with no certificate. */
  readonly none: readonly string[]
  /** Whether the certificate counts without this header too. */
  readonly isOptional?: boolean
}

/** A header for the certificates beside the leaf. */
export interface ChainHeader extends ContractHeader {
  readonly decode: (header: string, text: string) => readonly Uint8Array[]
}

/**
 * Returns the contract of a rule. A header that was sent empty is one that was not sent, and:
 *
 * - a certificate counts if every signal says yes, and is unverified otherwise;
 * - without a certificate, and with no signal that says otherwise, the client has none;
 * - what only goes with a certificate is malformed without one;
 * - a hash must be that of the certificate.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where two options name one header
 */
export function certificateContract(rule: CertificateRule): ProxyContract {
  const headers = headersOf(rule)
  refuseSharedHeader(rule.owner, headers)
  return Object.freeze({
    name: rule.name,
    headers,
    yields: 'certificate',
    read: (sent: ForwardedHeaders) => readCertificate(rule, sent),
  } satisfies ProxyContract)
}

function headersOf(rule: CertificateRule): readonly ContractHeader[] {
  const { certificate, signals = [], before } = rule
  const names = [certificate, ...signals.map(({ header }) => header)]
  const own = names.map((name) => (before === undefined ? { name } : { name, before }))
  return [...own, ...companionsOf(rule)]
}

/** The headers that mean nothing without a certificate. */
function companionsOf({ chain, fingerprint }: CertificateRule): readonly ContractHeader[] {
  return [
    ...(chain === undefined ? [] : [{ name: chain.name, isList: chain.isList === true }]),
    ...(fingerprint === undefined ? [] : [{ name: fingerprint }]),
  ]
}

/** A certificate that is its own signal would vouch for itself. */
function refuseSharedHeader(owner: string, headers: readonly ContractHeader[]): void {
  const names = headers.map(({ name }) => name)
  const shared = names.find((name, index) => names.indexOf(name) < index)
  if (shared === undefined) return
  throw optionError(owner, `every option must name a header of its own: ${quote(shared)}`)
}

function readCertificate(rule: CertificateRule, sent: ForwardedHeaders): ForwardedCertificate {
  const text = valueOf(sent, rule.certificate, rule.none)
  if (text === null) refuseAbsent(rule, sent)
  for (const signal of rule.signals ?? []) refuseUnlessYes(signal, sent)
  if (text === null) throw malformed(rule.certificate, 'is missing, although the client has one')
  const [leaf, ...others] = rule.decode(rule.certificate, text)
  refuseOtherFingerprint(rule, sent, leaf)
  const chain = [...others, ...readChain(rule, sent)]
  return { leaf, chain, assurance: rule.assurance }
}

/** Says that the client has no certificate, unless a signal says otherwise. */
function refuseAbsent(rule: CertificateRule, sent: ForwardedHeaders): void {
  const { certificate, signals = [] } = rule
  if (signals.some(({ header, none }) => valueOf(sent, header, none) !== null)) return
  const companion = companionsOf(rule).find((header) => textOf(sent, header) !== null)
  if (companion === undefined) throw absence(rule, sent)
  throw malformed(companion.name, `must not be sent without ${certificate}`)
}

function absence(
  { certificate, signals = [] }: CertificateRule,
  sent: ForwardedHeaders,
): PeerGateError {
  const headers = [...signals.map(({ header }) => header), certificate]
  const speaker = headers.find((header) => sent.value(header) !== null)
  return speaker === undefined ? nothingSent(headers) : absent(speaker)
}

function refuseUnlessYes({ header, yes, isOptional }: Signal, sent: ForwardedHeaders): void {
  const value = valueOf(sent, header)
  if (value === null ? isOptional === true : yes.includes(value)) return
  throw unverified(header, `must be exactly ${yes.join(' or ')}`)
}

function refuseOtherFingerprint(
  { certificate, fingerprint }: CertificateRule,
  sent: ForwardedHeaders,
  leaf: Uint8Array,
): void {
  if (fingerprint === undefined) return
  const text = valueOf(sent, fingerprint)
  if (text === null) return
  if (!sha256.test(text)) throw malformed(fingerprint, 'must be a SHA-256 in hexadecimal')
  if (text.toLowerCase() === createHash('sha256').update(leaf).digest('hex')) return
  throw ambiguous(fingerprint, `must be the SHA-256 of the certificate in ${certificate}`)
}

const sha256 = /^[\dA-Fa-f]{64}$/u

function readChain({ chain }: CertificateRule, sent: ForwardedHeaders): readonly Uint8Array[] {
  if (chain === undefined) return []
  const text = textOf(sent, chain)
  if (text === null) return []
  const certificates = chain.decode(chain.name, text)
  refuseLongChain(chain.name, certificates.length)
  return certificates
}

/** What a header says; null where it says nothing, or only that there is nothing to say. */
function valueOf(
  sent: ForwardedHeaders,
  header: string,
  none: readonly string[] = [],
): string | null {
  const value = sent.value(header)
  return value === null || value === '' || none.includes(value) ? null : value
}

/** What a header of one line or of several says (RFC 9110 §5.3). */
function textOf(sent: ForwardedHeaders, { name, isList }: ContractHeader): string | null {
  if (isList !== true) return valueOf(sent, name)
  const lines = sent.lines(name)
  return lines.every((line) => line === '') ? null : lines.join(',')
}
