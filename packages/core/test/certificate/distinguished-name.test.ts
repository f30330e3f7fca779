import { commonNames, parseCertificate, type DistinguishedName } from '@peergate/core'
import t from 'tap'
import { attribute, encodeCertificate, name } from '../support/certificate-encoder.js'
import {
  bmpString,
  hex,
  nullValue,
  sequence,
  setOf,
  text,
  tlv,
  universalString,
  utf8String,
} from '../support/der-encoder.js'
import { refusalOf, refuseEach } from '../support/refusal.js'

void t.test('keeps the steps and attributes of a name in their order', (t) => {
  const subject = readSubject(
    sequence(
      setOf(attribute('2.5.4.10', utf8String('a'))),
      setOf(attribute('2.5.4.3', utf8String('b')), attribute('2.5.4.11', utf8String('c'))),
    ),
  )
  const types = subject.map((step) => step.map(({ typeId }) => typeId))
  t.same(types, [['2.5.4.10'], ['2.5.4.3', '2.5.4.11']])
  t.same(readSubject(sequence()), [])
  t.end()
})

void t.test('reads the text of every string type', (t) => {
  const rows: readonly (readonly [value: Uint8Array, text: string | null])[] = [
    [utf8String('ünïcode €'), 'ünïcode €'],
    [utf8String('\uFEFFa'), '\uFEFFa'],
    [text(0x13, 'Printable * @'), 'Printable * @'],
    [text(0x12, '0123 4'), '0123 4'],
    [text(0x16, 'a\0b'), 'a\0b'],
    [text(0x1a, 'visible'), 'visible'],
    [text(0x14, 'ÿé', 'latin1'), 'ÿé'],
    [bmpString('BMP €'), 'BMP €'],
    [universalString('any 😀'), 'any 😀'],
    [universalString('\u{10000}\u{10FFFF}\uFFFF'), '\u{10000}\u{10FFFF}\uFFFF'],
    [bmpString(''), ''],
    [utf8String(''), ''],
    [nullValue, null],
    [sequence(utf8String('x')), null],
  ]
  for (const [value, expected] of rows) {
    t.same(readSubject(name(attribute('1.2.3', value)))[0], [
      { typeId: '1.2.3', text: expected, der: new Uint8Array(value) },
    ])
  }
  t.end()
})

void t.test('reads 100 attributes of a name, in whatever steps, and refuses one more', (t) => {
  const one = attribute('0.0', utf8String('a'))
  const times = (count: number) => Array.from({ length: count }, () => one)
  const both = sequence(setOf(...times(99)), setOf(one))
  for (const subject of [name(...times(100)), sequence(setOf(...times(100))), both]) {
    t.equal(readSubject(subject).flat().length, 100)
  }
  const more = sequence(setOf(...times(99)), setOf(...times(2)))
  for (const longer of [name(...times(101)), sequence(setOf(...times(101))), more]) {
    for (const field of ['subject', 'issuer']) {
      t.same(
        refusalOf(() => parseCertificate(encodeCertificate({ [field]: longer }))),
        {
          code: 'ERR_PEERGATE_CERTIFICATE_TOO_LARGE',
          detail: `more than 100 attributes in ${field}`,
        },
      )
    }
  }
  t.end()
})

void t.test('refuses names that break a rule', (t) => {
  const field = 'subject attribute 1.2.3'
  const first = attribute('2.5.4.3', utf8String('a'))
  const second = attribute('2.5.4.11', utf8String('a'))
  const valueRows: readonly (readonly [rule: string, value: Uint8Array, detail: string])[] = [
    ['no UTF-8', hex('0c 01 ff'), `${field} is not UTF-8`],
    ['a printable string beyond ASCII', hex('13 01 e9'), `${field} has a byte that is not ASCII`],
    ['half a BMP character', hex('1e 01 00'), `${field} is not a multiple of 2 bytes`],
    ['a surrogate', hex('1e 02 d8 3d'), `${field} has a number that is no character`],
    [
      'a pair of surrogates',
      hex('1e 04 d8 3d de 00'),
      `${field} has a number that is no character`,
    ],
    ['half a universal character', hex('1c 02 00 41'), `${field} is not a multiple of 4 bytes`],
    [
      'a universal surrogate',
      hex('1c 04 00 00 df ff'),
      `${field} has a number that is no character`,
    ],
    ['beyond Unicode', hex('1c 04 00 11 00 00'), `${field} has a number that is no character`],
  ]
  refuseEach(t, [
    [
      'a set that is not sorted',
      { subject: sequence(tlv(0x31, second, first)) },
      'subject has a SET OF that is not sorted',
    ],
    [
      'a step without attributes',
      { subject: sequence(setOf()) },
      'subject has a step without attributes',
    ],
    [
      'an attribute without a value',
      { subject: name(sequence(hex('06 01 2a'))) },
      'subject attribute 1.2 is cut short',
    ],
    [
      'two values',
      { subject: name(sequence(hex('06 01 2a'), nullValue, nullValue)) },
      'subject attribute 1.2 has bytes after its end',
    ],
    ['a broken issuer', { issuer: name(hex('04 00')) }, 'issuer has tag 0x04 instead of 0x30'],
    ...valueRows.map(
      ([rule, value, detail]) =>
        [rule, { subject: name(attribute('1.2.3', value)) }, detail] as const,
    ),
  ])
  t.end()
})

void t.test('returns the common names in order', (t) => {
  const subject = sequence(
    setOf(attribute('2.5.4.3', utf8String('a'))),
    setOf(attribute('2.5.4.10', utf8String('x'))),
    setOf(attribute('2.5.4.3', utf8String('b')), attribute('2.5.4.3', utf8String('c'))),
  )
  t.same(commonNames(readSubject(subject)), ['a', 'b', 'c'])
  t.same(commonNames([]), [])
  t.end()
})

void t.test('refuses a common name that is not text', (t) => {
  const subject = name(attribute('2.5.4.3', nullValue), attribute('2.5.4.3', utf8String('a')))
  t.same(
    refusalOf(() => commonNames(readSubject(subject))),
    {
      code: 'ERR_PEERGATE_IDENTITY_INVALID',
      detail: 'a common name is not text',
    },
  )
  t.end()
})

function readSubject(subject: Uint8Array): DistinguishedName {
  return parseCertificate(encodeCertificate({ subject })).subject
}
