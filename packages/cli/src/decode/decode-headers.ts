import { PeerGateError, parseCertificate } from '@peergate/core'
import type { Forwarded, PeerCertificate, ProxyContract } from '@peergate/core'
import {
  collectHeaders,
  createAssertedFacts,
  createEvidenceReader,
  formatDistinguishedName,
  parseXfcc,
  parseXfccJson,
} from '@peergate/core/material'
import type { XfccElement } from '@peergate/core/material'
import { attempt } from '../certificate/attempt.js'
import type { Refusal } from '../certificate/attempt.js'
import { describeNames } from '../certificate/describe-names.js'
import { listIdentities } from '../certificate/list-identities.js'
import type { RuleOutcome } from '../certificate/list-identities.js'
import { UsageError } from '../output/exit-code.js'

/** What forwarded headers say. */
export interface DecodedHeaders {
  readonly contract: string
  /** The headers that the contract reads, and how often each was sent. */
  readonly headers: readonly {
    readonly name: string
    readonly lines: number
    readonly characters: number
  }[]
  /**
   * The elements of `X-Forwarded-Client-Cert`, in their order, null for one that says nothing; empty for
   * other contracts.
   */
  readonly elements: readonly (XfccElement | null)[]
  readonly assurance: string | null
  /** The certificate, or what is asserted of one; null where the headers are refused before. */
  readonly certificate: DecodedCertificate | null
  readonly identities: readonly RuleOutcome[]
  /** Why a gate would refuse it; null where it would go on to the identity. */
  readonly refusal: Refusal | null
}

export interface DecodedCertificate {
  /** Null where no certificate was forwarded. */
  readonly subject: string | null
  readonly issuer: string | null
  readonly fingerprint256: string | null
  /** RFC 3339. */
  readonly notAfter: string | null
  readonly names: readonly string[]
  /** How many certificates came beside it. */
  readonly chain: number
}

export interface DecodeOptions {
  /** Whether an identity counts without a certificate, as where a source states `maxAssertionAge`. */
  readonly acceptsAssertions: boolean
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * What header lines, each `Name: value`, say by a contract.
 *
 * @throws {UsageError} for a line that is none
 */
export function decodeHeaders(
  contract: ProxyContract,
  lines: readonly string[],
  options: DecodeOptions,
): DecodedHeaders {
  const raw = lines.flatMap(readLine)
  const sent = linesOf(contract, raw)
  const base: DecodedHeaders = {
    contract: contract.name,
    headers: sent.map(({ name, values }) => ({
      name,
      lines: values.length,
      characters: values.join('').length,
    })),
    elements: [],
    assurance: null,
    certificate: null,
    identities: [],
    refusal: null,
  }
  return { ...base, ...readElements(contract, sent), ...readByContract(contract, raw, options) }
}

function readLine(line: string): readonly string[] {
  const at = line.indexOf(':')
  if (at > 0) return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
  throw new UsageError(`a header must be of the form "Name: value": ${line}`)
}

interface SentHeader {
  readonly name: string
  readonly values: readonly string[]
}

function linesOf({ headers }: ProxyContract, raw: readonly string[]): readonly SentHeader[] {
  return headers.map(({ name }) => ({
    name,
    values: raw.filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === name),
  }))
}

/** The elements of the two forms of Envoy’s header; those that cannot be read are not there. */
function readElements(
  { name: contract }: ProxyContract,
  sent: readonly SentHeader[],
): Pick<DecodedHeaders, 'elements'> {
  const parse = elementParsers.get(contract)
  if (parse === undefined) return { elements: [] }
  const lines = sent.flatMap(({ name, values }) => values.map((value) => ({ name, value })))
  return {
    elements: lines.flatMap(({ name, value }) => attempt(() => parse(name, value)).value ?? []),
  }
}

const elementParsers: ReadonlyMap<string, typeof parseXfccJson> = new Map([
  ['envoy-xfcc', parseXfcc],
  ['envoy-xfcc-json', parseXfccJson],
])

type Read = Pick<DecodedHeaders, 'assurance' | 'certificate' | 'identities' | 'refusal'>

function readByContract(
  contract: ProxyContract,
  raw: readonly string[],
  options: DecodeOptions,
): Partial<Read> {
  // A contract may demand its headers before this one, which every request has.
  const hasHost = raw.some((text, at) => at % 2 === 0 && text.toLowerCase() === 'host')
  const all = hasHost ? raw : [...raw, 'Host', 'localhost']
  const forwarded = attempt(() => contract.read(collectHeaders(all, contract.headers)))
  if (forwarded.value === null) return { refusal: forwarded.refusal }
  const { value } = forwarded
  const facts = factsOf(value)
  return {
    assurance: value.assurance,
    certificate: facts === null ? null : describe(facts, 'leaf' in value ? value.chain.length : 0),
    identities: facts === null ? [] : listIdentities(facts),
    refusal: attempt(() => readEvidence(contract, all, options)).refusal,
  }
}

/** What a gate does of this: what its source refuses, and then whether the certificate is valid now. */
function readEvidence(
  contract: ProxyContract,
  raw: readonly string[],
  { acceptsAssertions, now }: DecodeOptions,
): void {
  const read = createEvidenceReader(contract, { acceptsAssertions, trustSet: null })
  const { notBefore, notAfter } = read(collectHeaders(raw, contract.headers)).certificate
  if (notAfter !== null && now > notAfter) {
    throw new PeerGateError(
      'ERR_PEERGATE_CERTIFICATE_EXPIRED',
      'the forwarded certificate has expired',
    )
  }
  if (notBefore !== null && now < notBefore) {
    const detail = 'the forwarded certificate is not valid yet'
    throw new PeerGateError('ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID', detail)
  }
}

/** Also of a certificate that can be read, and is refused all the same. */
function factsOf(forwarded: Forwarded): PeerCertificate | null {
  return 'leaf' in forwarded
    ? attempt(() => parseCertificate(forwarded.leaf)).value
    : createAssertedFacts(forwarded)
}

function describe(facts: PeerCertificate, chain: number): DecodedCertificate {
  const { issuer, fingerprint256, notAfter } = facts
  return {
    subject: issuer === null ? null : formatDistinguishedName(facts.subject),
    issuer: issuer === null ? null : formatDistinguishedName(issuer),
    fingerprint256,
    notAfter: notAfter === null ? null : new Date(notAfter).toISOString(),
    names: describeNames(facts),
    chain,
  }
}
