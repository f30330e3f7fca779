import { parseRevocationList } from '#core/certificate/revocation-list.js'
import { verifyRevocationList } from '#core/certificate/verify-revocation-list.js'
import { constants, generateKeyPairSync, type SignKeyObjectInput } from 'node:crypto'
import t from 'tap'
import {
  explicit,
  nullValue,
  objectIdentifier,
  sequence,
  smallInteger,
} from '../support/der-encoder.js'
import { refusalOf } from '../support/refusal.js'
import { encodeRevocationList, signRevocationList } from '../support/revocation-list-encoder.js'

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')
const ed448 = generateKeyPairSync('ed448')
const keyPairs = [p256, p384, p521, rsa, ed25519, ed448]

const rsaEncryption = '1.2.840.113549.1.1'
const ecdsa = '1.2.840.10045.4.3'

function pkcs1(arc: number): Uint8Array {
  return sequence(objectIdentifier(`${rsaEncryption}.${arc}`), nullValue)
}

function pss(hashArc: number, saltLength: number): Uint8Array {
  const hash = sequence(objectIdentifier(`2.16.840.1.101.3.4.2.${hashArc}`), nullValue)
  return sequence(
    objectIdentifier(`${rsaEncryption}.10`),
    sequence(
      explicit(0, hash),
      explicit(1, sequence(objectIdentifier(`${rsaEncryption}.8`), hash)),
      explicit(2, smallInteger(saltLength)),
    ),
  )
}

function padded(saltLength: number): SignKeyObjectInput {
  return { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
}

const rows = [
  ['ECDSA with SHA-256', sequence(objectIdentifier(`${ecdsa}.2`)), p256, 'sha256', {}],
  ['ECDSA with SHA-384', sequence(objectIdentifier(`${ecdsa}.3`)), p384, 'sha384', {}],
  ['ECDSA with SHA-512', sequence(objectIdentifier(`${ecdsa}.4`)), p521, 'sha512', {}],
  ['RSA with SHA-256', pkcs1(11), rsa, 'sha256', {}],
  ['RSA with SHA-384', pkcs1(12), rsa, 'sha384', {}],
  ['RSA with SHA-512', pkcs1(13), rsa, 'sha512', {}],
  ['RSA-PSS with SHA-256', pss(1, 32), rsa, 'sha256', padded(32)],
  ['RSA-PSS with SHA-384', pss(2, 48), rsa, 'sha384', padded(48)],
  ['RSA-PSS with SHA-512', pss(3, 64), rsa, 'sha512', padded(64)],
  ['Ed25519', sequence(objectIdentifier('1.3.101.112')), ed25519, null, {}],
  ['Ed448', sequence(objectIdentifier('1.3.101.113')), ed448, null, {}],
] as const

for (const [title, algorithm, keys, digest, options] of rows) {
  void t.test(`verifies a list signed with ${title}, by its key alone`, (t) => {
    const parts = { signature: algorithm, signatureAlgorithm: algorithm }
    const der = signRevocationList(parts, { key: keys.privateKey, ...options }, digest)
    const list = parseRevocationList(der, 'crl')
    for (const { publicKey } of keyPairs) {
      t.equal(verifyRevocationList(list, publicKey), publicKey === keys.publicKey)
    }
    const changed = { ...list, signed: list.signed.map((byte, index) => (index === 40 ? 0 : byte)) }
    t.notOk(verifyRevocationList(changed, keys.publicKey))
    t.notOk(verifyRevocationList({ ...list, signature: new Uint8Array() }, keys.publicKey))
    t.end()
  })
}

void t.test('does not take one RSA padding for the other', (t) => {
  const parts = { signature: pkcs1(11), signatureAlgorithm: pkcs1(11) }
  const list = parseRevocationList(signRevocationList(parts, padded(32)), 'crl')
  t.notOk(verifyRevocationList(list, rsa.publicKey))
  t.end()
})

void t.test('names the algorithm that it does not accept', (t) => {
  const ecdsaWithNull = sequence(objectIdentifier(`${ecdsa}.2`), nullValue)
  const rsaWithoutNull = sequence(objectIdentifier(`${rsaEncryption}.11`))
  for (const [rule, algorithm, id] of [
    ['RSA with MD5', pkcs1(4), `${rsaEncryption}.4`],
    ['RSA with SHA-1', pkcs1(5), `${rsaEncryption}.5`],
    ['ECDSA with SHA-1', sequence(objectIdentifier('1.2.840.10045.4.1')), '1.2.840.10045.4.1'],
    [
      'DSA with SHA-256',
      sequence(objectIdentifier('2.16.840.1.101.3.4.3.2')),
      '2.16.840.1.101.3.4.3.2',
    ],
    ['ECDSA with parameters', ecdsaWithNull, `${ecdsa}.2`],
    ['RSA without parameters', rsaWithoutNull, `${rsaEncryption}.11`],
    ['RSA-PSS with a short salt', pss(1, 20), `${rsaEncryption}.10`],
    ['RSA-PSS with SHA-224', pss(4, 28), `${rsaEncryption}.10`],
  ] as const) {
    const der = encodeRevocationList({ signature: algorithm, signatureAlgorithm: algorithm })
    t.same(
      refusalOf(() => parseRevocationList(der, 'crl')),
      {
        code: 'ERR_PEERGATE_REVOCATION_LIST_INVALID',
        detail: `crl: signatureAlgorithm ${id} is not accepted, or not with these parameters`,
      },
      rule,
    )
  }
  t.end()
})
