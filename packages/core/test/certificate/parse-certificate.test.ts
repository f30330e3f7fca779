import { parseCertificate } from '@peergate/core'
import { X509Certificate } from 'node:crypto'
import t from 'tap'
import {
  absent,
  attribute,
  encodeCertificate,
  extension,
  extensions,
  name,
  version,
} from '../support/certificate-encoder.js'
import {
  bitString,
  boolean,
  explicit,
  hex,
  integer,
  namedBits,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
  text,
  utf8String,
} from '../support/der-encoder.js'
import { malformedBy, refusalOf, refuseEach } from '../support/refusal.js'
import { createSeededRandom } from '../support/seeded-random.js'

const rich = encodeCertificate({
  serialNumber: integer(hex('a1b2')),
  subject: name(
    attribute('2.5.4.10', utf8String('Example, Inc.')),
    attribute('2.5.4.3', utf8String('payments')),
  ),
  extensions: extensions(
    extension('2.5.29.17', sequence(text(0x82, 'payments.example'), hex('87 04 0a 00 00 01'))),
    extension('2.5.29.15', namedBits([0, 4]), true),
    extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.14', octetString(hex('01 02'))),
  ),
})

void t.test('returns what the certificate says', (t) => {
  const facts = parseCertificate(rich)
  t.same(facts, {
    subject: [
      [{ typeId: '2.5.4.10', text: 'Example, Inc.', der: bytes(utf8String('Example, Inc.')) }],
      [{ typeId: '2.5.4.3', text: 'payments', der: bytes(utf8String('payments')) }],
    ],
    issuer: [[{ typeId: '2.5.4.3', text: 'ca', der: bytes(utf8String('ca')) }]],
    serialNumber: 'A1B2',
    notBefore: Date.UTC(2025, 0, 1),
    notAfter: Date.UTC(2035, 0, 1),
    fingerprint256: new X509Certificate(rich).fingerprint256,
    subjectAlternativeNames: [
      { type: 'dNSName', value: 'payments.example' },
      { type: 'iPAddress', bytes: Uint8Array.of(10, 0, 0, 1) },
    ],
    keyUsage: ['digitalSignature', 'keyAgreement'],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
    basicConstraints: { ca: false, pathLength: null },
    publicKey: { algorithm: 'EC', algorithmId: '1.2.840.10045.2.1', bits: 256 },
  })
  t.end()
})

void t.test('returns a frozen value that shares no memory with its input', (t) => {
  const input = Buffer.from(rich)
  const facts = parseCertificate(input)
  const before = structuredClone(facts)
  input.fill(0)
  t.same(facts, before)
  t.same(unfrozenParts(facts), [])
  t.equal(facts.subject[0]?.[0]?.der.constructor, Uint8Array)
  t.end()
})

void t.test('reads versions 1 and 2, which have no extensions', (t) => {
  const nothing = {
    subjectAlternativeNames: [],
    keyUsage: null,
    extendedKeyUsage: null,
    basicConstraints: null,
  }
  const identifiers = Buffer.concat([bitString(hex('01'), 0, 0x81), bitString(hex('02'), 1, 0x82)])
  t.match(parseCertificate(encodeCertificate({ version: absent })), nothing)
  t.match(
    parseCertificate(encodeCertificate({ version: version(1), beforeExtensions: identifiers })),
    nothing,
  )
  t.match(parseCertificate(encodeCertificate({ beforeExtensions: identifiers })), nothing)
  t.end()
})

void t.test('writes serial numbers as Node does', (t) => {
  for (const serialNumber of [
    '02 01 00',
    '02 01 0a',
    '02 02 00 80',
    '02 02 01 00',
    `02 14 7f${'00'.repeat(19)}`,
  ]) {
    const der = encodeCertificate({ serialNumber: hex(serialNumber) })
    t.equal(parseCertificate(der).serialNumber, new X509Certificate(der).serialNumber)
  }
  t.end()
})

void t.test('refuses fields that break a rule of RFC 5280', (t) => {
  const noon = text(0x17, '250101120000Z')
  const sha256 = objectIdentifier('1.2.840.10045.4.3.2')
  const someExtension = extension('1.2.3', nullValue)
  refuseEach(t, [
    ['version 1 encoded', { version: version(0) }, 'version encodes its default value v1'],
    ['version 4', { version: version(3) }, 'version is none of v1, v2 and v3'],
    [
      'bytes after the version',
      { version: explicit(0, smallInteger(2), nullValue) },
      'version has bytes after its end',
    ],
    [
      'a serial number of 21 octets',
      { serialNumber: integer(hex(`80${'00'.repeat(19)}`)) },
      'serialNumber is longer than 20 octets',
    ],
    [
      'two signature algorithms',
      { signature: sequence(sha256, nullValue) },
      'signature differs from signatureAlgorithm',
    ],
    [
      'a signature algorithm with bytes behind it',
      { signatureAlgorithm: sequence(sha256, nullValue, nullValue) },
      'signatureAlgorithm has bytes after its end',
    ],
    ['an empty issuer', { issuer: sequence() }, 'issuer is empty'],
    [
      'bytes after the validity',
      { validity: sequence(noon, noon, nullValue) },
      'validity has bytes after its end',
    ],
    [
      'unique identifiers in version 1',
      { version: absent, beforeExtensions: bitString(hex('01'), 0, 0x81) },
      'tbsCertificate has bytes after its end',
    ],
    [
      'extensions in version 1',
      { version: absent, extensions: extensions(someExtension) },
      'extensions cannot be in a certificate of version 1',
    ],
    [
      'extensions in version 2',
      { version: version(1), extensions: extensions(someExtension) },
      'extensions cannot be in a certificate of version 2',
    ],
    [
      'bytes after the extensions',
      { extensions: explicit(3, sequence(someExtension), nullValue) },
      'extensions has bytes after its end',
    ],
    [
      'bytes after the last field',
      { afterExtensions: nullValue },
      'tbsCertificate has bytes after its end',
    ],
    [
      'bytes after the signature',
      { afterSignature: boolean(true) },
      'certificate has bytes after its end',
    ],
  ])
  t.end()
})

void t.test('refuses more than 16 KiB unread', (t) => {
  const atLimit = filler(16_384 - filler(15_000).length + 15_000)
  t.equal(atLimit.length, 16_384)
  t.ok(parseCertificate(atLimit))
  t.same(
    refusalOf(() => parseCertificate(new Uint8Array(16_385))),
    {
      code: 'ERR_PEERGATE_CERTIFICATE_TOO_LARGE',
      detail: '16385 bytes; at most 16384 are read',
    },
  )
  t.end()
})

void t.test('refuses every truncation', (t) => {
  for (let length = 0; length < rich.length; length++) {
    const detail = length < 2 ? 'is cut short' : 'is longer than what holds it'
    const refusal = refusalOf(() => parseCertificate(rich.subarray(0, length)))
    if (refusal?.detail !== `certificate ${detail}` && length > 3) t.fail(`of ${length} bytes`)
    if (refusal?.code !== malformedBy('').code) t.fail(`of ${length} bytes`)
  }
  t.end()
})

void t.test('refuses mutations with its own error, or reads them', (t) => {
  const seed = 5280
  const random = createSeededRandom(seed)
  for (let round = 0; round < 20_000; round++) {
    const mutated = Uint8Array.from(rich)
    for (let count = random.below(4) + 1; count > 0; count--) {
      mutated[random.below(mutated.length)] = random.below(256)
    }
    try {
      refusalOf(() => parseCertificate(mutated))
    } catch (error) {
      t.fail(`seed ${seed}, round ${round}`, { found: error })
    }
  }
  t.end()
})

function filler(length: number): Uint8Array {
  return encodeCertificate({ extensions: extensions(extension('1.2.3', new Uint8Array(length))) })
}

function bytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer)
}

/** Byte arrays cannot be frozen; they are copies instead. */
function unfrozenParts(value: unknown, path = 'facts'): readonly string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  const inner = Object.entries(value).flatMap(([key, part]) =>
    unfrozenParts(part, `${path}.${key}`),
  )
  return Object.isFrozen(value) ? inner : [path, ...inner]
}
