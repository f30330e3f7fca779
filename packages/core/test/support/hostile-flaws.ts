import { encodeDraft, type Draft } from './certificate-draft.js'
import {
  absent,
  attribute,
  encodeCertificate,
  extension,
  extensions,
  name,
  publicKey,
  version,
  type CertificateParts,
} from './certificate-encoder.js'
import {
  bitString,
  boolean,
  explicit,
  hex,
  namedBits,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  smallInteger,
  text,
  tlv,
  utcTime,
  utf8String,
  withIndefiniteLength,
  withLongLength,
  withTrailing,
} from './der-encoder.js'
import type { SeededRandom } from './seeded-random.js'

/** One way to break a rule, whatever else the certificate holds. */
export interface Flaw {
  readonly name: string
  readonly encode: (draft: Draft, random: SeededRandom) => Uint8Array
}

const constructed = ['issuer', 'validity', 'subject', 'publicKey'] as const

export const flaws: readonly [Flaw, ...Flaw[]] = [
  flaw('truncated', (draft, random) => {
    const der = encodeDraft(draft)
    return der.subarray(0, random.below(der.length))
  }),
  flaw('bytes after the certificate', (draft, random) =>
    Buffer.concat([encodeDraft(draft), random.bytes(1 + random.below(4))]),
  ),
  flaw('indefinite length of the certificate', (draft) => withIndefiniteLength(encodeDraft(draft))),
  flaw('indefinite length', (draft, random) => {
    const part = random.pick(constructed)
    return encodeWith(draft, { [part]: withIndefiniteLength(draft.parts[part]) })
  }),
  flaw('length not in its shortest form', (draft, random) => {
    const part = random.pick([...constructed, 'serialNumber', 'signatureValue'] as const)
    return encodeWith(draft, { [part]: withLongLength(draft.parts[part]) })
  }),
  flaw('bytes after a field', (draft, random) => {
    const part = random.pick(constructed)
    return encodeWith(draft, { [part]: withTrailing(draft.parts[part], nullValue) })
  }),
  flaw('constructed string in a name', (draft) =>
    encodeWith(draft, { subject: name(attribute('2.5.4.3', tlv(0x2c, utf8String('a')))) }),
  ),
  flaw('UTF8String that is not UTF-8', (draft) =>
    encodeWith(draft, { subject: commonName(hex('0c 02 c3 28')) }),
  ),
  flaw('PrintableString beyond ASCII', (draft) =>
    encodeWith(draft, { subject: commonName(hex('13 01 e9')) }),
  ),
  flaw('BMPString of surrogates', (draft) =>
    encodeWith(draft, { subject: commonName(hex('1e 04 d8 3d de 00')) }),
  ),
  flaw('BMPString of an odd length', (draft) =>
    encodeWith(draft, { subject: commonName(hex('1e 03 00 61 00')) }),
  ),
  flaw('SET OF not sorted', (draft) => {
    const attributes = [
      attribute('2.5.4.11', utf8String('a')),
      attribute('2.5.4.3', utf8String('a')),
    ]
    return encodeWith(draft, { subject: sequence(tlv(0x31, ...attributes)) })
  }),
  flaw('step without attributes', (draft) => encodeWith(draft, { subject: sequence(setOf()) })),
  flaw('empty issuer', (draft) => encodeWith(draft, { issuer: sequence() })),
  flaw('object identifier not in its shortest form', (draft) =>
    encodeWith(draft, { subject: name(sequence(hex('06 04 55 80 04 03'), utf8String('a'))) }),
  ),
  flaw('version v1 encoded', (draft) =>
    encodeCertificate({ ...draft.parts, version: version(0), beforeExtensions: absent }),
  ),
  flaw('version 4', (draft) => encodeWith(draft, { version: version(3) })),
  flaw('extensions in version 2', (draft) => encodeWith(draft, { version: version(1) })),
  flaw('negative serial number', (draft, random) =>
    encodeWith(draft, { serialNumber: hex(random.pick(['02 01 ff', '02 02 80 00'])) }),
  ),
  flaw('serial number over 20 octets', (draft, random) =>
    encodeWith(draft, {
      serialNumber: tlv(0x02, Uint8Array.of(1, ...random.bytes(20 + random.below(20)))),
    }),
  ),
  flaw('serial number not in its shortest form', (draft) =>
    encodeWith(draft, { serialNumber: hex('02 02 00 01') }),
  ),
  flaw('differing signature algorithms', (draft) =>
    encodeWith(draft, {
      signature: sequence(objectIdentifier('1.2.840.113549.1.1.11'), nullValue),
    }),
  ),
  flaw('time with fractions', (draft) =>
    encodeWith(draft, {
      validity: sequence(text(0x18, '20250101000000.5Z'), utcTime('350101000000Z')),
    }),
  ),
  flaw('time with an offset', (draft) =>
    encodeWith(draft, {
      validity: sequence(utcTime('250101000000+0100'), utcTime('350101000000Z')),
    }),
  ),
  flaw('time that does not exist', (draft) =>
    encodeWith(draft, { validity: sequence(utcTime('250231000000Z'), utcTime('350101000000Z')) }),
  ),
  flaw('unused bits that are set', (draft) =>
    encodeWith(draft, { signatureValue: bitString(hex('ff'), 3) }),
  ),
  flaw('RSA key without NULL', (draft) =>
    encodeWith(draft, {
      publicKey: publicKey(
        '1.2.840.113549.1.1.1',
        absent,
        sequence(smallInteger(3), smallInteger(3)),
      ),
    }),
  ),
  flaw('empty Extensions', (draft) =>
    encodeCertificate({ ...draft.parts, extensions: extensions() }),
  ),
  flaw('duplicate extension', (draft, random) => {
    const id = random.pick(['2.5.29.17', '2.5.29.15', '2.5.29.37', '1.2.3.4', '2.5.29.14'])
    const one = alternativeNames(text(0x82, 'one.example'))
    const other = alternativeNames(text(0x82, 'other.example'))
    if (id === '2.5.29.17') {
      return encodeCertificate({ ...draft.parts, extensions: extensions(one, other) })
    }
    const twice = extension(id, octetString(hex('01')))
    return encodeCertificate({ ...draft.parts, extensions: extensions(twice, twice) })
  }),
  extensionFlaw(
    'critical FALSE',
    sequence(objectIdentifier('1.2.3.5'), boolean(false), octetString()),
  ),
  extensionFlaw(
    'BOOLEAN that is neither 00 nor FF',
    sequence(objectIdentifier('1.2.3.5'), hex('01 01 01'), octetString()),
  ),
  extensionFlaw('cA FALSE', extension('2.5.29.19', sequence(boolean(false)))),
  extensionFlaw('path length without cA', extension('2.5.29.19', sequence(smallInteger(0)))),
  extensionFlaw(
    'negative path length',
    extension('2.5.29.19', sequence(boolean(true), hex('02 01 ff'))),
  ),
  extensionFlaw('key usage with zeros at the end', extension('2.5.29.15', bitString(hex('80'), 0))),
  extensionFlaw('key usage without a meaning', extension('2.5.29.15', namedBits([0, 9]))),
  extensionFlaw('empty key usage', extension('2.5.29.15', bitString(absent))),
  extensionFlaw('empty extended key usage', extension('2.5.29.37', sequence())),
  extensionFlaw('empty subject alternative name', alternativeNames()),
  extensionFlaw(
    'bytes after an extension’s value',
    extension('2.5.29.17', Buffer.concat([sequence(text(0x82, 'a')), nullValue])),
  ),
  extensionFlaw(
    'subject alternative name of an unknown type',
    alternativeNames(text(0x82, 'a'), tlv(0x89)),
  ),
  extensionFlaw(
    'constructed subject alternative name',
    alternativeNames(tlv(0xa2, text(0x16, 'a'), text(0x16, 'b'))),
  ),
  extensionFlaw('IA5String beyond ASCII', alternativeNames(text(0x82, 'é', 'latin1'))),
  extensionFlaw('address of an odd length', alternativeNames(tlv(0x87, hex('0a 00 00 00 ff')))),
  extensionFlaw(
    'otherName that is not UTF-8',
    alternativeNames(
      tlv(0xa0, objectIdentifier('1.3.6.1.4.1.311.20.2.3'), explicit(0, hex('0c 01 ff'))),
    ),
  ),
  extensionFlaw(
    'more than 100 subject alternative names',
    alternativeNames(...Array.from({ length: 101 }, () => text(0x82, 'a'))),
  ),
  extensionFlaw('more than 16 KiB', extension('1.2.3.5', new Uint8Array(16_384))),
]

function flaw(name: string, encode: Flaw['encode']): Flaw {
  return { name, encode }
}

/** A flaw inside one extension, in place of every other. */
function extensionFlaw(name: string, faulty: Uint8Array): Flaw {
  return flaw(name, ({ parts }) => encodeCertificate({ ...parts, extensions: extensions(faulty) }))
}

/** Keeps the extensions and the version that they demand. */
function encodeWith(draft: Draft, changes: Partial<CertificateParts>): Uint8Array {
  const list = [extension('1.2.3.6', nullValue), ...draft.extensions.values()]
  return encodeCertificate({ ...draft.parts, extensions: extensions(...list), ...changes })
}

function commonName(value: Uint8Array): Uint8Array {
  return name(attribute('2.5.4.3', value))
}

function alternativeNames(...names: readonly Uint8Array[]): Uint8Array {
  return extension('2.5.29.17', sequence(...names))
}
