import * as z from 'zod'
import type { PeerCertificate } from '../certificate/asserted-facts.js'
import { PeerGateError } from '../errors.js'
import { quote } from '../identity-value/quote.js'
import { isTrustDomain, parseSpiffeId } from '../identity-value/spiffe-id.js'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import type { IdentityRule } from './identity-rule.js'
import { requireName } from './require-name.js'
import { requireValue } from './require-value.js'

/** The options of {@link spiffe}. */
export interface SpiffeOptions {
  /**
   * The trust domain that identities must belong to, in lower case, without scheme and path:
   * `prod.example`.
   */
  readonly trustDomain: string
}

const bareTrustDomain =
  'must be a trust domain without scheme and path, 1 to 255 of a-z 0-9 . _ -, such as "prod.example"'

const spiffeOptions = lazily<z.ZodType<SpiffeOptions>>(() =>
  strictOptions({
    trustDomain: z.string(bareTrustDomain).refine(isTrustDomain, bareTrustDomain),
  }),
)

/**
 * The rule of a CA that issues X.509-SVIDs: the identity is the SPIFFE ID in the one URI name of a
 * certificate that may not sign others (X509-SVID §2, §5.2), and belongs to the trust domain. Names of
 * other types are of no account.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where `trustDomain` is missing or not the bare
 * name of a trust domain (SPIFFE-ID §2.1), or another option is given.
 *
 * @example
 * ```ts
 * const identity = spiffe({ trustDomain: 'prod.example' }) // spiffe://prod.example/ns/payments/sa/worker
 * ```
 */
export function spiffe(options: SpiffeOptions): IdentityRule<'spiffe'> {
  const { trustDomain } = parseOptions('spiffe', spiffeOptions(), options)
  const rule: IdentityRule<'spiffe'> = {
    kind: 'spiffe',
    trustDomain,
    select: (certificate) => select(certificate, trustDomain),
  }
  return Object.freeze(rule)
}

function select(certificate: PeerCertificate, trustDomain: string): string {
  const { value } = requireName(
    certificate,
    'uniformResourceIdentifier',
    (name) => name.type === 'uniformResourceIdentifier',
  )
  const id = requireValue(parseSpiffeId(value), value)
  requireLeaf(certificate)
  if (!id.startsWith(`spiffe://${trustDomain}/`)) {
    const detail = `the identity must belong to ${trustDomain}: ${quote(id)}`
    throw new PeerGateError('ERR_PEERGATE_TRUST_DOMAIN_MISMATCH', detail)
  }
  return id
}

/** X509-SVID §5.2: a certificate that may sign names a CA, never a workload. */
function requireLeaf({ basicConstraints, keyUsage }: PeerCertificate): void {
  const found = [
    ...(basicConstraints?.ca === true ? ['cA'] : []),
    ...(keyUsage ?? []).filter((usage) => usage === 'keyCertSign' || usage === 'cRLSign'),
  ]
  if (found.length === 0) return
  const detail = `the certificate of a workload must not sign certificates or CRLs: it has ${found.join(', ')}`
  throw new PeerGateError('ERR_PEERGATE_IDENTITY_INVALID', detail)
}
