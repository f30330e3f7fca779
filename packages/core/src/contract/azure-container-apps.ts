import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { malformed } from './contract-fault.js'
import type { Forwarded, ForwardedHeaders, ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyNeverVerifiesSchema } from './proxy-verifies.js'
import type { ProxyNeverVerifies } from './proxy-verifies.js'
import { sentValue } from './sent-value.js'
import { parseXfcc, unescapePem } from './xfcc/parse-xfcc.js'
import { readXfccElement } from './xfcc/xfcc-element.js'
import { selectElement } from './xfcc/xfcc-options.js'

const header = 'x-forwarded-client-cert'
const onlyElement = { elements: 1, hop: 1 }

/**
 * Returns the contract of Azure Container Apps: `X-Forwarded-Client-Cert`, one element of
 * {@link envoyXfcc} with a semicolon behind it.
 *
 * ```text
 * X-Forwarded-Client-Cert = "Hash=" 64HEXDIG ";Cert=" quoted ";Chain=" quoted [ ";" ]
 * ```
 *
 * Absent: the header is not sent, or empty. An element without a certificate is malformed.
 *
 * Verified: never. In each `clientCertificateMode` the platform takes certificates that their holders
 * signed themselves, so that `proxyVerifies` can only be stated as false.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = azureContainerApps({ proxyVerifies: false })
 * ```
 */
export function azureContainerApps(options: ProxyNeverVerifies): ProxyContract {
  const assurance = assuranceOf(parseOptions('azureContainerApps', optionsSchema(), options))
  return Object.freeze({
    name: 'azure-container-apps',
    headers: [{ name: header }],
    yields: 'certificate',
    read(headers: ForwardedHeaders): Forwarded {
      const text = sentValue(headers, header)
      const elements = parseXfcc(header, text.endsWith(';') ? text.slice(0, -1) : text)
      const element = unescapePem(header, selectElement(header, elements, onlyElement))
      if (element.certificate === null) throw malformed(header, 'must have a Cert')
      return readXfccElement(header, element, { hash: 'required', assurance })
    },
  } satisfies ProxyContract)
}

const optionsSchema = lazily(() => strictOptions({ proxyVerifies: proxyNeverVerifiesSchema() }))
