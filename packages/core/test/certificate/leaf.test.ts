import { refuseUnfitLeaf } from '#core/certificate/leaf.js'
import { parseCertificate } from '@peergate/core'
import t from 'tap'
import {
  absent,
  ecKey,
  encodeCertificate,
  extension,
  extensions,
  publicKey,
  rsaKey,
  type CertificateParts,
} from '../support/certificate-encoder.js'
import { boolean, hex, integer, namedBits, sequence } from '../support/der-encoder.js'
import { refusalOf, type Refusal } from '../support/refusal.js'

void t.test('accepts leaves with a strong key', (t) => {
  for (const key of [
    rsaKey(integer(Buffer.alloc(256, 0xff))),
    ecKey('1.2.840.10045.3.1.7'),
    publicKey('1.3.101.112', absent, new Uint8Array(32)),
    publicKey('1.3.101.113', absent, new Uint8Array(57)),
  ]) {
    t.equal(judge({ publicKey: key }), null)
  }
  const leaf = extensions(
    extension('2.5.29.19', sequence()),
    extension('2.5.29.15', namedBits([0])),
  )
  t.equal(judge({ extensions: leaf }), null)
  t.end()
})

void t.test('rejects certificates that may sign others', (t) => {
  const ca = extensions(extension('2.5.29.19', sequence(boolean(true))))
  const signer = extensions(extension('2.5.29.15', namedBits([0, 5])))
  const code = 'ERR_PEERGATE_CERTIFICATE_IS_CA'
  const own = 'use a certificate of its own and not that of a CA'
  t.same(judge({ extensions: ca }), { code, detail: `basicConstraints has cA set; ${own}` })
  t.same(judge({ extensions: signer }), { code, detail: `keyUsage has keyCertSign set; ${own}` })
  t.end()
})

void t.test('rejects weak keys', (t) => {
  const code = 'ERR_PEERGATE_CERTIFICATE_KEY_WEAK'
  const rows: readonly (readonly [key: Uint8Array, detail: string])[] = [
    [rsaKey(integer(Buffer.alloc(255, 0xff))), 'RSA key of 2040 bits; at least 2048 are required'],
    [ecKey('1.3.132.0.33'), 'EC key of 224 bits; at least 256 are required'],
    [ecKey('1.2.3'), 'EC key on a curve that is not known; use P-256 or a stronger one'],
    [
      publicKey('1.2.840.10040.4.1', absent, hex('00')),
      'algorithm 1.2.840.10040.4.1 is not known; use RSA, EC, Ed25519 or Ed448',
    ],
  ]
  for (const [key, detail] of rows) t.same(judge({ publicKey: key }), { code, detail })
  t.end()
})

function judge(parts: Partial<CertificateParts>): Refusal | null {
  const certificate = parseCertificate(encodeCertificate(parts))
  return refusalOf(() => refuseUnfitLeaf(certificate))
}
