import { decodeBase64, decodeBase64Certificate } from './decode/base64.js'
import { splitCertificates } from './decode/der.js'
import { decodePem, decodeSinglePem } from './decode/pem.js'
import { decodePercent } from './decode/percent.js'
import { decodeSingleSpacedPem, decodeSpacedPem } from './decode/spaced-pem.js'
import { decodeItem, decodeList } from './decode/structured-field.js'

/** How a header writes certificates. */
export type CertificateEncoding = 'base64-der' | 'percent-pem' | 'spaced-pem' | 'structured-field'

interface CertificateDecoders {
  /** Of a header for one certificate. */
  readonly one: (header: string, text: string) => Uint8Array
  /** Of a header for a chain. */
  readonly several: (header: string, text: string) => readonly Uint8Array[]
}

/** The decoders of each encoding. */
export const certificateEncodings: Readonly<Record<CertificateEncoding, CertificateDecoders>> = {
  'base64-der': {
    one: decodeBase64Certificate,
    several: (header, text) => splitCertificates(header, decodeBase64(header, text)),
  },
  'percent-pem': {
    one: (header, text) => decodeSinglePem(header, decodePercent(header, text)),
    several: (header, text) => decodePem(header, decodePercent(header, text)),
  },
  'spaced-pem': { one: decodeSingleSpacedPem, several: decodeSpacedPem },
  'structured-field': { one: decodeItem, several: decodeList },
}
