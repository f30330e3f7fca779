import type { SubjectAlternativeName } from '../certificate/subject-alternative-name.js'
import { refuseOptions } from '../identity-rule/no-options.js'
import type { NoOptions } from '../identity-rule/no-options.js'
import { parseDnsName } from '../identity-value/dns-name.js'
import { parseSpiffeId } from '../identity-value/spiffe-id.js'
import { malformed } from './contract-fault.js'
import type { AssertedIdentity, ForwardedHeaders, ProxyContract } from './proxy-contract.js'
import { sentValue } from './sent-value.js'

const header = 'l5d-client-id'

/**
 * Returns the contract of Linkerd’s sidecar: `l5d-client-id`, the name in the client’s certificate.
 *
 * ```text
 * l5d-client-id = DNS name / SPIFFE ID
 * ```
 *
 * A DNS name is `<service account>.<namespace>.serviceaccount.identity.linkerd.<trust domain>`.
 *
 * Absent: the header is not sent. The sidecar removes it wherever it knows no client.
 *
 * Verified: by its presence. The sidecar sets it for the peer of a mutual TLS connection that it
 * verified itself, and in all other cases removes it. That is true of requests through the sidecar
 * only: through the ports that skip it, and those that are opaque, comes what a client wrote.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where it is given any option
 *
 * @example
 * ```ts
 * const contract = linkerd()
 * ```
 */
export function linkerd(options: NoOptions = {}): ProxyContract {
  refuseOptions('linkerd', options)
  return Object.freeze({
    name: 'linkerd',
    headers: [{ name: header }],
    yields: 'assertion',
    read(headers: ForwardedHeaders): AssertedIdentity {
      const name = nameOf(sentValue(headers, header))
      return { names: [name], fingerprint256: null, assurance: 'proxy-verified' }
    },
  } satisfies ProxyContract)
}

function nameOf(value: string): SubjectAlternativeName {
  if ('value' in parseSpiffeId(value)) return { type: 'uniformResourceIdentifier', value }
  if ('value' in parseDnsName(value)) return { type: 'dNSName', value }
  throw malformed(header, 'must be a DNS name or a SPIFFE ID')
}
