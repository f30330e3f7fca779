import { parseCertificate } from '@peergate/core'
import t from 'tap'
import {
  absent,
  ecKey,
  encodeCertificate,
  publicKey,
  rsaKey,
} from '../support/certificate-encoder.js'
import {
  bitString,
  hex,
  integer,
  nullValue,
  objectIdentifier,
  sequence,
  smallInteger,
} from '../support/der-encoder.js'
import { refuseEach } from '../support/refusal.js'

const ec = '1.2.840.10045.2.1'
const rsa = '1.2.840.113549.1.1.1'
const pss = '1.2.840.113549.1.1.10'

void t.test('reads the algorithm and size of a key', (t) => {
  const rsaBits = sequence(modulus(2048), smallInteger(65_537))
  const rows: readonly (readonly [key: Uint8Array, algorithm: string, bits: number | null])[] = [
    [rsaKey(modulus(2048)), 'RSA', 2048],
    [rsaKey(modulus(1024)), 'RSA', 1024],
    [rsaKey(modulus(2047)), 'RSA', 2047],
    [rsaKey(modulus(2041)), 'RSA', 2041],
    [rsaKey(integer(hex(''))), 'RSA', 0],
    [publicKey(pss, absent, rsaBits), 'RSA', 2048],
    [publicKey(pss, sequence(), rsaBits), 'RSA', 2048],
    [ecKey('1.2.840.10045.3.1.1'), 'EC', 192],
    [ecKey('1.3.132.0.33'), 'EC', 224],
    [ecKey('1.2.840.10045.3.1.7'), 'EC', 256],
    [ecKey('1.3.132.0.10'), 'EC', 256],
    [ecKey('1.3.132.0.34'), 'EC', 384],
    [ecKey('1.3.132.0.35'), 'EC', 521],
    [ecKey('1.3.36.3.3.2.8.1.1.7'), 'EC', 256],
    [ecKey('1.3.36.3.3.2.8.1.1.11'), 'EC', 384],
    [ecKey('1.3.36.3.3.2.8.1.1.13'), 'EC', 512],
    [ecKey('1.3.132.0.6'), 'EC', null],
    [publicKey(ec, sequence(smallInteger(1)), hex('04')), 'EC', null],
    [publicKey(ec, absent, hex('04')), 'EC', null],
    [publicKey('1.3.101.112', absent, new Uint8Array(32)), 'Ed25519', null],
    [publicKey('1.3.101.113', absent, new Uint8Array(57)), 'Ed448', null],
    [publicKey('1.2.840.10040.4.1', sequence(smallInteger(1)), hex('00')), 'unknown', null],
    [publicKey('1.3.101.110', absent, new Uint8Array(32)), 'unknown', null],
  ]
  for (const [key, algorithm, bits] of rows) {
    t.match(parseCertificate(encodeCertificate({ publicKey: key })).publicKey, { algorithm, bits })
  }
  t.end()
})

void t.test('refuses keys that are not well-formed', (t) => {
  const field = 'subjectPublicKeyInfo'
  const one = smallInteger(1)
  refuseEach(t, [
    [
      'RSA without NULL',
      { publicKey: publicKey(rsa, absent, sequence(one, one)) },
      `${field} parameters is cut short`,
    ],
    [
      'a NULL with a value',
      { publicKey: publicKey(rsa, hex('05 01 00'), sequence(one, one)) },
      `${field} parameters is a NULL with a value`,
    ],
    [
      'RSA with one number',
      { publicKey: publicKey(rsa, nullValue, sequence(one)) },
      `${field} exponent is cut short`,
    ],
    [
      'RSA with three numbers',
      { publicKey: publicKey(rsa, nullValue, sequence(one, one, one)) },
      `${field} has bytes after its end`,
    ],
    [
      'a negative modulus',
      { publicKey: publicKey(rsa, nullValue, sequence(hex('02 01 80'), one)) },
      `${field} modulus is negative`,
    ],
    [
      'bytes after an RSA key',
      { publicKey: publicKey(rsa, nullValue, Buffer.concat([sequence(one, one), one])) },
      `${field} has bytes after its end`,
    ],
    [
      'two curves',
      {
        publicKey: publicKey(ec, Buffer.concat([objectIdentifier('1.2.3'), nullValue]), hex('04')),
      },
      `${field} parameters has bytes after its end`,
    ],
    [
      'a broken curve',
      { publicKey: publicKey(ec, hex('30 01 04'), hex('04')) },
      `${field} parameters is cut short`,
    ],
    [
      'parameters of Ed25519',
      { publicKey: publicKey('1.3.101.112', nullValue, new Uint8Array(32)) },
      `${field} parameters has bytes after its end`,
    ],
    [
      'a key of 7 bits',
      { publicKey: sequence(sequence(objectIdentifier(ec)), bitString(hex('02'), 1)) },
      `${field} does not end on a whole byte`,
    ],
    [
      'bytes after the key',
      { publicKey: sequence(sequence(objectIdentifier(ec)), bitString(hex('02')), one) },
      `${field} has bytes after its end`,
    ],
  ])
  t.end()
})

function modulus(bits: number): Uint8Array {
  const first = Uint8Array.of(1 << ((bits - 1) % 8))
  return integer(Buffer.concat([first, new Uint8Array((bits - 1) >> 3)]))
}
