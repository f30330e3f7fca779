import { absent } from './certificate-encoder.js'
import { explicit, octetString, sequence, smallInteger } from './der-encoder.js'

/** A TLS session as OpenSSL encodes it, with fields before and behind the certificate. */
export function encodeSession(certificate: Uint8Array | null): Uint8Array {
  return sequence(
    smallInteger(1),
    smallInteger(0x0304),
    octetString(Uint8Array.of(0x13, 0x02)),
    octetString(absent),
    octetString(new Uint8Array(48)),
    explicit(1, smallInteger(1_800_000_000)),
    explicit(2, smallInteger(7200)),
    certificate === null ? absent : explicit(3, certificate),
    explicit(4, octetString(new Uint8Array(32))),
  )
}
