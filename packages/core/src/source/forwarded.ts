import * as z from 'zod'
import { checkHeaders, createHeaderFinder } from '../contract/collect-headers.js'
import type { SentHeaders } from '../contract/collect-headers.js'
import type { ProxyContract } from '../contract/proxy-contract.js'
import { PeerGateError } from '../errors.js'
import type { AnonymousPeer, PeerEvidence } from '../evidence.js'
import { lazily } from '../lazily.js'
import { madeBy, optionError, parseOptions, strictOptions } from '../options.js'
import type { PeerSource, RequestLike } from '../peer-source.js'
import { createEvidenceCache } from './evidence-cache.js'
import { createEvidenceReader } from './forwarded-evidence.js'
import { createIdentityHeaderRemoval } from './remove-identity-headers.js'
import { createRequestMemory } from './request-memory.js'
import { isTrustedProxies } from './trusted-proxies.js'
import type { TrustedProxies } from './trusted-proxies.js'

export interface ForwardedSourceOptions {
  /** What the proxy sends, such as `nginx({ certificate: 'x-client-cert', verify: 'x-client-verify' })`. */
  readonly contract: ProxyContract
  /** How a sender proves to be the proxy, such as `trustedByCertificate({ … })`. */
  readonly trustedProxies: TrustedProxies
  /**
   * What becomes of a request with identity headers whose sender is not trusted. `refuse`, the default,
   * answers 401 on every route. `strip` removes the headers, and the request goes on without an
   * identity, as one without such headers does: public routes answer it.
   */
  readonly untrustedSenders?: 'refuse' | 'strip'
  /**
   * The name of the set of CAs by which the proxy verifies its clients, for grants and routes that demand
   * one. Nothing in the headers tells it: it is your word, and given to verified identities only.
   */
  readonly trustSet?: string
  /**
   * Accepts identities that the proxy asserts without the certificate. Nothing says when they end: for
   * as long as the proxy asserts them they hold, which is to be stated.
   */
  readonly maxAssertionAge?: 'unbounded'
  /**
   * What becomes of those who are refused: `enforce`, the default, answers 401 or 403; `observe` lets
   * every request go on, and records what would have been.
   */
  readonly mode?: 'enforce' | 'observe'
  /** How much is remembered of certificates that were read. */
  readonly cache?: ForwardedCacheOptions
}

export interface ForwardedCacheOptions {
  /** The most certificates, 0 to 100000; 1000 by default. */
  readonly entries?: number
  /** The most characters of headers, 0 to 2³⁰; 4194304 by default. */
  readonly bytes?: number
}

/**
 * Reads identities that a trusted proxy forwards in headers. The sender is proved before a header is
 * looked at. Afterwards all headers that name an identity are removed from the request, whoever sent
 * it, so that nothing behind the gate can take them for true. A source is for one gate.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const source = forwardedSource({
 *   contract: nginx({ certificate: 'x-ssl-client-cert', verify: 'x-ssl-client-verify' }),
 *   trustedProxies: trustedByAddress({ addresses: ['127.0.0.1'] }),
 * })
 * ```
 */
export function forwardedSource(options: ForwardedSourceOptions): PeerSource {
  const parsed = parseOptions('forwardedSource', forwardedSourceSchema(), options)
  const { contract, trustedProxies, untrustedSenders, maxAssertionAge, trustSet = null } = parsed
  refuseUnstatedAssertions(contract, maxAssertionAge)
  const removeIdentityHeaders = createIdentityHeaderRemoval(
    contract.headers.map(({ name }) => name),
  )
  const cache = createEvidenceCache(parsed.cache)
  const readEvidence = createEvidenceReader(contract, {
    acceptsAssertions: maxAssertionAge === 'unbounded',
    trustSet,
  })

  const findHeaders = createHeaderFinder(contract.headers)

  function readTrusted(request: RequestLike): PeerEvidence {
    const sent = findHeaders(request.rawHeaders ?? [], mostLinesOf(request))
    const known = cache.get(sent)
    return known ?? readFirst(sent)
  }

  function readFirst(sent: SentHeaders): PeerEvidence {
    const evidence = readEvidence(checkHeaders(sent, contract.headers))
    cache.set(sent, evidence)
    return evidence
  }

  function readOnce(request: RequestLike): Reading {
    const distrust = trustedProxies.refusalOf(request)
    const reading = distrust ?? attempt(() => readTrusted(request))
    const hadHeaders = removeIdentityHeaders(request)
    if (distrust === null) return isAbsent(reading) ? anonymous(reading) : reading
    const isRefused = hadHeaders && untrustedSenders === 'refuse'
    return isRefused || !isStranger(distrust) ? distrust : anonymous(distrust)
  }

  const readings = createRequestMemory<Reading>()

  function readFirstTime(request: RequestLike): Reading {
    const reading = attempt(() => readOnce(request))
    readings.remember(request, reading)
    return reading
  }

  const source: PeerSource = Object.freeze({
    name: contract.name,
    trustSets: Object.freeze(trustSet === null ? [] : [trustSet]),
    mode: parsed.mode,
    isFromTrustedProxy: (request: RequestLike) => trustedProxies.refusalOf(request) === null,
    read(request: RequestLike) {
      return attempt(() => readings.recall(request) ?? readFirstTime(request))
    },
  })
  forwarded.add(source)
  return source
}

/** How many header lines Node keeps of a request; a server can be told to keep fewer. */
function mostLinesOf({ socket }: RequestLike): number {
  const { server } = socket as { readonly server?: { readonly maxHeadersCount?: unknown } }
  const count = server?.maxHeadersCount
  return typeof count === 'number' && count > 0 ? Math.min(count, usualLines) : usualLines
}

/** Of Node 20, which drops what follows in silence. */
const usualLines = 1000

type Reading = AnonymousPeer | PeerEvidence | PeerGateError

/** Whatever goes wrong, nobody is identified. */
function attempt(read: () => Reading): Reading {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof PeerGateError) return cause
    const fault = 'the gate could not read the headers of the request'
    return new PeerGateError('ERR_PEERGATE_GATE_FAULTY', fault, { cause })
  }
}

/** A client without a certificate that came through a trusted proxy may use public routes. */
function isAbsent(reading: Reading): reading is PeerGateError {
  return (
    reading instanceof PeerGateError && reading.code === 'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING'
  )
}

/** A sender that is no proxy, and not one whose connection is refused as such. */
function isStranger({ code }: PeerGateError): boolean {
  return code === 'ERR_PEERGATE_PROXY_UNTRUSTED'
}

function anonymous(refusal: PeerGateError): AnonymousPeer {
  return Object.freeze({ refusal })
}

const forwarded = new WeakSet<PeerSource>()
const claimed = new WeakSet<PeerSource>()

/** What one gate remembers of headers must not answer for another. */
export function claimSource(source: PeerSource): void {
  if (!forwarded.has(source)) return
  if (claimed.has(source)) {
    throw optionError(
      'createPeerGate',
      'option "source" is the source of another gate; make one for each',
    )
  }
  claimed.add(source)
}

function refuseUnstatedAssertions(
  { name, yields }: ProxyContract,
  maxAssertionAge: 'unbounded' | undefined,
): void {
  if (yields !== 'assertion' || maxAssertionAge !== undefined) return
  const fault = `option "maxAssertionAge" must be stated as "unbounded": ${name} forwards no certificate, so that nothing says when an identity ends`
  throw optionError('forwardedSource', fault)
}

const forwardedSourceSchema = lazily(() =>
  strictOptions({
    contract: z.custom<ProxyContract>(
      isContract,
      'must be a contract, such as rfc9440({ proxyVerifies: true })',
    ),
    trustedProxies: madeBy<TrustedProxies>(
      'trustedByCertificate, trustedByUnixSocket or trustedByAddress',
      isTrustedProxies,
    ),
    untrustedSenders: z.enum(['refuse', 'strip']).default('refuse'),
    trustSet: z.string().min(1, 'must not be empty').exactOptional(),
    maxAssertionAge: z.literal('unbounded').exactOptional(),
    mode: z.enum(['enforce', 'observe']).default('enforce'),
    cache: strictOptions({
      entries: z.int().min(0).max(100_000).default(1000),
      bytes: z
        .int()
        .min(0)
        .max(2 ** 30)
        .default(2 ** 22),
    }).prefault({}),
  }),
)

function isContract(value: unknown): boolean {
  const contract = value as ProxyContract | null | undefined
  return typeof contract?.read === 'function' && Array.isArray(contract.headers)
}
