import * as z from 'zod'
import { createAdmit } from '../admission.js'
import { isIdentityRule } from '../identity-rule/identity-rule.js'
import type { IdentityRule } from '../identity-rule/identity-rule.js'
import { parseIdentityValue } from '../identity-value/parse-identity-value.js'
import { quote } from '../identity-value/quote.js'
import { lazily } from '../lazily.js'
import { optionError, parseOptions, strictOptions } from '../options.js'
import type { RequestLike } from '../peer-source.js'
import type { TlsGate } from '../tls/tls-gate.js'
import { createSocketReader, tlsGateSchema } from './socket.js'
import { createTrustedProxies, untrusted } from './trusted-proxies.js'
import type { TrustedProxies } from './trusted-proxies.js'

export interface TrustedByCertificateOptions {
  /** The TLS gate that is attached to the server which the proxies connect to. */
  readonly tls: TlsGate
  /** Where the certificates of the proxies have their identity. */
  readonly identity: IdentityRule
  /** The identities of the proxies, one by one: a CA alone says too little of who a proxy is. */
  readonly allow: readonly string[]
  /**
   * The client CA set of the proxies. Where the TLS gate has several sets it must be named, so that
   * no CA of clients can make a proxy.
   */
  readonly trustSet?: string
}

/**
 * Trusts senders that prove by a certificate of their own to be a proxy, as Kubernetes’ request-header
 * authenticator does: the strongest of the proofs. The certificate is judged on every request, so
 * that its end, its revocation and a change of the CAs count at once.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const trustedProxies = trustedByCertificate({
 *   tls,
 *   identity: spiffe({ trustDomain: 'prod.example' }),
 *   allow: ['spiffe://prod.example/ns/edge/sa/proxy'],
 * })
 * ```
 */
export function trustedByCertificate(options: TrustedByCertificateOptions): TrustedProxies {
  const { tls, identity, allow, trustSet } = parseOptions(owner, schema(), options)
  refuseOpenSet(tls, trustSet)
  const allowed = new Set(allow.map((text, index) => parseAllowed(identity, text, index)))
  const source = { name: 'socket', read: createSocketReader(tls) }
  const admit = createAdmit(source, identity, { clock: Date.now, isDenied: () => false })

  function refuse(request: RequestLike): void {
    const { identity: proxy, refusal } = admit(request)
    // Whom the TLS gate refuses is nobody, to public routes too.
    if (refusal?.layer === 'tls' || refusal?.layer === 'configuration') throw refusal
    if (proxy === null) throw untrusted(`it is not identified (${refusal.code})`, refusal)
    if (trustSet !== undefined && proxy.trustSet !== trustSet) {
      throw untrusted(`it was admitted by another set than ${quote(trustSet)}`)
    }
    if (!allowed.has(proxy.value)) {
      throw untrusted(`its identity ${quote(proxy.value)} is none of the allowed`)
    }
  }

  return createTrustedProxies('certificate', refuse, {})
}

const owner = 'trustedByCertificate'

function refuseOpenSet({ trustSets }: TlsGate, trustSet: string | undefined): void {
  if (trustSet === undefined && trustSets.length === 1) return
  if (trustSet !== undefined && trustSets.includes(trustSet)) return
  const sets = trustSets.map(quote).join(', ')
  throw optionError(owner, `option "trustSet" must name the set of the proxies, one of ${sets}`)
}

function parseAllowed({ kind }: IdentityRule, text: string, index: number): string {
  const identity = parseIdentityValue(kind, text)
  if ('value' in identity) return identity.value
  throw optionError(owner, `option "allow.${index}": ${identity.fault}`)
}

const schema = lazily(() =>
  strictOptions({
    tls: tlsGateSchema(),
    identity: z.custom<IdentityRule>(isIdentityRule, 'must be an identity rule, such as dnsSan()'),
    allow: z.array(z.string()).min(1, 'must name at least one identity'),
    trustSet: z.string().exactOptional(),
  }),
)
