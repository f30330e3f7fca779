import * as z from 'zod'
import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'
import { builtInSources } from './built-in-sources.js'
import { certificateContract } from './certificate-contract.js'
import type { ChainHeader, Signal } from './certificate-contract.js'
import { certificateEncodings } from './certificate-encoding.js'
import type { CertificateEncoding } from './certificate-encoding.js'
import { headerNameSchema } from './header-name.js'
import type { ProxyContract } from './proxy-contract.js'
import { assuranceOf, proxyVerifiesSchema } from './proxy-verifies.js'
import type { ProxyVerifies } from './proxy-verifies.js'

/** The headers of a proxy of one’s own, and how its verdict is known. */
export type CustomContractOptions = CustomHeaders & (CustomVerify | ProxyVerifies)

/** The headers of certificates, and a name for those who send them. */
export interface CustomHeaders {
  /**
   * What identities name as their `source`: letters in lower case, digits and dashes, and not the name
   * of a contract that there is.
   */
  readonly name: string
  readonly certificate: EncodedHeader
  /** The certificates beside the leaf, without it. */
  readonly chain?: EncodedHeader
}

/** A header and how it writes certificates. */
export interface EncodedHeader {
  readonly header: string
  /** See {@link customContract}. */
  readonly encoding: CertificateEncoding
}

/** For a proxy that says whether it verified the certificate. */
export interface CustomVerify {
  readonly verify: VerifyHeader
}

/** A header with the verdict of a proxy. */
export interface VerifyHeader {
  readonly header: string
  /** The one value that says that the certificate was verified; case matters. */
  readonly success: string
  /** The value that says that there is no certificate, if there is one. */
  readonly absent?: string
}

interface ParsedOptions extends CustomHeaders {
  readonly verify?: VerifyHeader
  readonly proxyVerifies?: boolean
}

const encodedHeader = lazily<z.ZodType<EncodedHeader>>(() =>
  strictOptions({
    header: headerNameSchema(),
    encoding: z.enum(['percent-pem', 'spaced-pem', 'base64-der', 'structured-field']),
  }),
)

const verifyHeader = lazily<z.ZodType<VerifyHeader>>(() => {
  const value = z
    .string()
    .regex(/^[!-~](?:[ -~]*[!-~])?$/u, 'must be printable ASCII without blanks around it')
  return strictOptions({
    header: headerNameSchema(),
    success: value,
    absent: value.exactOptional(),
  }).refine(({ success, absent }) => success !== absent, 'must tell success from absent')
})

const customContractSchema = lazily<z.ZodType<ParsedOptions>>(() =>
  strictOptions({
    name: z
      .string()
      .regex(/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/u, 'must be letters in lower case, digits and dashes')
      .max(64, 'must be of at most 64 characters')
      .refine(
        (name) => !builtInSources.has(name),
        'must not be the name of a source that there is',
      ),
    certificate: encodedHeader(),
    chain: encodedHeader().exactOptional(),
    verify: verifyHeader().exactOptional(),
    proxyVerifies: proxyVerifiesSchema().exactOptional(),
  }).refine(
    ({ verify, proxyVerifies }) => (verify === undefined) !== (proxyVerifies === undefined),
    'must state verify or proxyVerifies, and not both',
  ),
)

/**
 * Returns a contract for headers of one’s own, read as strictly as those of the known products.
 *
 * | encoding           | certificate                                     | chain                         |
 * | ------------------ | ----------------------------------------------- | ----------------------------- |
 * | `percent-pem`      | percent-encoded PEM; `+` is never a space       | the same, several blocks      |
 * | `spaced-pem`       | PEM with one space for each line end            | the same, several blocks      |
 * | `base64-der`       | DER in canonical base64                         | base64 of 1*DER, in one piece |
 * | `structured-field` | `:` base64 of DER `:` (RFC 9440)                | a list of these, in lines     |
 *
 * Absent: the certificate is not sent or empty, and verify is too, or has the value for it.
 *
 * Verified: verify is exactly the value of success. Without such a header `proxyVerifies` must be
 * stated. The proxy must set or remove every one of these headers in every request; the sender of the
 * request is proved elsewhere, and nothing else here tells a proxy’s word from a client’s.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const contract = customContract({
 *   name: 'edge',
 *   certificate: { header: 'X-Edge-Client-Cert', encoding: 'base64-der' },
 *   verify: { header: 'X-Edge-Client-Verify', success: 'ok', absent: 'none' },
 * })
 * ```
 */
export function customContract(options: CustomContractOptions): ProxyContract {
  const { name, certificate, chain, verify, proxyVerifies } = parseOptions(
    'customContract',
    customContractSchema(),
    options,
  )
  return certificateContract({
    name,
    owner: 'customContract',
    certificate: certificate.header,
    decode: (header, text) => [certificateEncodings[certificate.encoding].one(header, text)],
    signals: verify === undefined ? [] : [signalOf(verify)],
    chain: chain === undefined ? undefined : chainOf(chain),
    assurance: assuranceOf({ proxyVerifies: proxyVerifies ?? true }),
  })
}

function signalOf({ header, success, absent }: VerifyHeader): Signal {
  return { header, yes: [success], none: absent === undefined ? [] : [absent] }
}

function chainOf({ header, encoding }: EncodedHeader): ChainHeader {
  return {
    name: header,
    isList: encoding === 'structured-field',
    decode: certificateEncodings[encoding].several,
  }
}
