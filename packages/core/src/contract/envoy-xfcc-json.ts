import { parseOptions } from '../options.js'
import { absent } from './contract-fault.js'
import type { Forwarded, ForwardedHeaders, ProxyContract } from './proxy-contract.js'
import { assuranceOf } from './proxy-verifies.js'
import { sentValue } from './sent-value.js'
import { parseXfccJson } from './xfcc/parse-xfcc-json.js'
import { readXfccElement } from './xfcc/xfcc-element.js'
import { selectElement, xfccSchema } from './xfcc/xfcc-options.js'
import type { EnvoyXfccOptions } from './xfcc/xfcc-options.js'

const header = 'x-forwarded-client-cert'

/**
 * Returns the contract of Envoy 1.38 and later with `set_current_client_cert_details: { format: JSON }`:
 * `x-forwarded-client-cert`.
 *
 * ```text
 * x-forwarded-client-cert = "[" [ object *( "," object ) ] "]"   ; the nearest proxy’s is the last
 * ```
 *
 * The members are the keys of {@link envoyXfcc} in lower case: `hash`, `cert`, `subject` and `issuer` are
 * strings, `by`, `chain`, `uri` and `dns` arrays of strings. PEM is not escaped, and names cannot end
 * early. An object that has a member twice is ambiguous. There may be 256 members and 512 commas in all.
 *
 * Absent: the header is not sent, or empty, or `[]`, or the object of the hop is `{}`.
 *
 * Verified: nothing says so, as of {@link envoyXfcc}. With `APPEND_FORWARD` the form is the client’s
 * choice: Envoy appends JSON to whatever stands between `[` and `]`, and text to all else. Here it is
 * JSON or malformed.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = envoyXfccJson({ proxyVerifies: true, elements: 1, hop: 1 })
 * ```
 */
export function envoyXfccJson(options: EnvoyXfccOptions): ProxyContract {
  const topology = parseOptions('envoyXfccJson', xfccSchema(), options)
  const rule = { hash: topology.hash, assurance: assuranceOf(topology) }
  return Object.freeze({
    name: 'envoy-xfcc-json',
    headers: [{ name: header }],
    yields: 'either',
    read(headers: ForwardedHeaders): Forwarded {
      const elements = parseXfccJson(header, sentValue(headers, header))
      if (elements.length === 0) throw absent(header)
      const element = selectElement(header, elements, topology)
      if (element === null) throw absent(header)
      return readXfccElement(header, element, rule)
    },
  } satisfies ProxyContract)
}
