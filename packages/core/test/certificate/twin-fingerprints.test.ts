import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { fingerprintOf } from '#core/identity-value/fingerprint.js'
import { twinsOf } from '#core/identity-value/twin-fingerprints.js'
import { parseDenylist } from '#core/tls/denylist.js'
import { parseCertificate } from '@peergate/core'
import t from 'tap'
import {
  encodeCertificate,
  extension,
  extensions,
  signCertificate,
} from '../support/certificate-encoder.js'
import {
  bitString,
  nullValue,
  objectIdentifier,
  sequence,
  smallInteger,
} from '../support/der-encoder.js'
import { faultOf } from '../support/fault-of.js'
import { twinOf } from '../support/twin-certificate.js'

const curves = [
  'prime192v1',
  'secp224r1',
  'P-256',
  'P-384',
  'P-521',
  'secp256k1',
  'brainpoolP256r1',
  'brainpoolP256t1',
  'brainpoolP384r1',
  'brainpoolP384t1',
  'brainpoolP512r1',
  'brainpoolP512t1',
]

/** Of different lengths, so that each form of a length is written. */
const fillings = [[], [extension('1.2.3', new Uint8Array(400))]]

for (const curve of curves) {
  t.test(`knows the twin of a certificate that a key on ${curve} signed`, async (t) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curve })
    for (const list of fillings) {
      const der = signCertificate(
        list.length === 0 ? {} : { extensions: extensions(...list) },
        privateKey,
      )
      const twin = twinOf(der, curve)
      t.ok(new X509Certificate(der).verify(publicKey))
      t.ok(new X509Certificate(twin).verify(publicKey), 'both verify')
      t.not(fingerprintOf(der), fingerprintOf(twin))
      const [ofOne, ofOther] = [der, twin].map((one) => twinsOf(parseCertificate(one)) ?? [])
      t.ok(ofOne?.includes(fingerprintOf(twin)))
      t.ok(ofOther?.includes(fingerprintOf(der)))
      t.ok(Number(ofOne?.length) <= 4, 'and few others')
    }
  })
}

const seven = smallInteger(7)

/** A certificate with this algorithm and signature. */
function certificateWith(algorithm: Uint8Array, signature: Uint8Array): Uint8Array {
  return encodeCertificate({
    signature: algorithm,
    signatureAlgorithm: algorithm,
    signatureValue: bitString(signature),
  })
}

const large = Buffer.from(`7f${'00'.repeat(31)}`, 'hex')
const pair = sequence(Buffer.concat([Uint8Array.of(2, 32), large]), smallInteger(7))

for (const [name, id, count] of [
  ['ECDSA with SHA-256', '1.2.840.10045.4.3.2', 3],
  ['ECDSA with SHA3-256', '2.16.840.1.101.3.4.3.10', 3],
  ['DSA with SHA3-256', '2.16.840.1.101.3.4.3.6', 0],
  ['RSA with SHA-256', '1.2.840.113549.1.1.11', 0],
  ['Ed25519', '1.3.101.112', 0],
] as const) {
  t.test(`${count === 0 ? 'knows no twins' : 'knows the twins'} under ${name}`, async (t) => {
    const der = certificateWith(sequence(objectIdentifier(id)), pair)
    t.equal(twinsOf(parseCertificate(der))?.length, count)
  })
}

t.test('knows no twins of numbers that are no signature', async (t) => {
  const ecdsa = sequence(objectIdentifier('1.2.840.10045.4.3.2'))
  for (const numbers of [
    [smallInteger(0), smallInteger(0)],
    [seven, seven],
  ]) {
    t.strictSame(twinsOf(parseCertificate(certificateWith(ecdsa, sequence(...numbers)))), [])
  }
})

t.test('cannot say the twins of what is no DER of a signature', async (t) => {
  const ecdsa = sequence(objectIdentifier('1.2.840.10045.4.3.2'))
  for (const signature of [
    new Uint8Array(),
    Uint8Array.of(1, 2, 3),
    sequence(seven),
    sequence(seven, seven, nullValue),
    Buffer.concat([sequence(seven, seven), nullValue]),
  ]) {
    const certificate = parseCertificate(certificateWith(ecdsa, signature))
    t.equal(twinsOf(certificate), null)
    const { fingerprint256 } = certificate
    for (const [denied, code] of [
      ['00'.repeat(32), undefined],
      [fingerprint256, 'ERR_PEERGATE_CERTIFICATE_REVOKED'],
    ] as const) {
      const { refuseDenied } = parseDenylist('createTlsGate', { fingerprints: [denied] })
      t.equal(faultOf(() => refuseDenied(certificate))?.code, code)
    }
  }
})
