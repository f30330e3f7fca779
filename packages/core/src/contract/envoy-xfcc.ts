import { parseOptions } from '../options.js'
import { absent, nothingSent } from './contract-fault.js'
import type { Forwarded, ForwardedHeaders, ProxyContract } from './proxy-contract.js'
import { assuranceOf } from './proxy-verifies.js'
import { parseXfcc, unescapePem } from './xfcc/parse-xfcc.js'
import { readXfccElement } from './xfcc/xfcc-element.js'
import { selectElement, xfccSchema } from './xfcc/xfcc-options.js'
import type { EnvoyXfccOptions } from './xfcc/xfcc-options.js'

const header = 'x-forwarded-client-cert'

/**
 * Returns the contract of Envoy, and of Istio, which is built on it: `x-forwarded-client-cert`.
 *
 * ```text
 * x-forwarded-client-cert = element *( "," element )   ; the nearest proxy’s is the last
 * element = pair *( ";" pair )
 * pair    = key "=" value
 * ```
 *
 * | key             | value                                                            |
 * | --------------- | ---------------------------------------------------------------- |
 * | By              | the proxy’s own names                                            |
 * | Hash            | SHA-256 of the peer’s certificate, in hexadecimal                |
 * | Cert            | the certificate in PEM, percent-encoded, in quotes               |
 * | Chain           | what the peer sent, its certificate first, written likewise      |
 * | Subject, Issuer | distinguished names, in quotes                                   |
 * | URI, DNS        | names of the certificate, bare, one for each key; `URI=` is none |
 *
 * Keys are read in any order and without regard to case, and others are passed over; there may be 512
 * pairs in all. Where `Cert` or `Chain` is forwarded, that is what is yielded, and `Hash` must be its
 * SHA-256. Otherwise the `URI` and `DNS` names, 100 at most, are yielded as an asserted identity. They are
 * neither quoted nor escaped: if part of a name in a certificate is its holder’s own choice, he can end it
 * there with `;` or `,`. Let Envoy forward the certificate
 * (`set_current_client_cert_details: { cert: true }`).
 *
 * Absent: the header is not sent, or empty. That the number of elements is another one than `elements`
 * is no absence: where only some proxies have a peer with a certificate, nothing tells which.
 *
 * Verified: nothing says so. With `trust_chain_verification: ACCEPT_UNTRUSTED`, or without a
 * `validation_context`, Envoy forwards whatever a peer presents. Only `SANITIZE` and `SANITIZE_SET`
 * remove what a client sent: the first proxy must use `SANITIZE_SET`, and those behind it
 * `APPEND_FORWARD`, over mutual TLS.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = envoyXfcc({ proxyVerifies: true, elements: 1, hop: 1 })
 * ```
 */
export function envoyXfcc(options: EnvoyXfccOptions): ProxyContract {
  const topology = parseOptions('envoyXfcc', xfccSchema(), options)
  const rule = { hash: topology.hash, assurance: assuranceOf(topology) }
  return Object.freeze({
    name: 'envoy-xfcc',
    headers: [{ name: header, isList: true }],
    yields: 'either',
    read(headers: ForwardedHeaders): Forwarded {
      const lines = headers.lines(header)
      if (lines.length === 0) throw nothingSent([header])
      if (lines.join('') === '') throw absent(header)
      const read = { pairs: 0 }
      const elements = lines.flatMap((line) => parseXfcc(header, line, read))
      const element = selectElement(header, elements, topology)
      return readXfccElement(header, unescapePem(header, element), rule)
    },
  } satisfies ProxyContract)
}
