import { parseCertificate } from '@peergate/core'
import t from 'tap'
import {
  attribute,
  encodeCertificate,
  extension,
  extensions,
  name,
} from '../support/certificate-encoder.js'
import {
  explicit,
  hex,
  nullValue,
  objectIdentifier,
  sequence,
  text,
  tlv,
  utf8String,
} from '../support/der-encoder.js'
import { refusalOf, refuseEach } from '../support/refusal.js'

const upn = objectIdentifier('1.3.6.1.4.1.311.20.2.3')

void t.test('reads every form of name, in order', (t) => {
  const names = read(
    text(0x81, 'ops@prod.example'),
    text(0x82, 'payments.prod.example'),
    text(0x86, 'spiffe://prod.example/ns/payments/sa/api'),
    hex('87 04 0a 00 00 01'),
    tlv(0x87, hex('20010db8'), new Uint8Array(12)),
    tlv(0xa4, name(attribute('2.5.4.3', utf8String('payments')))),
    objectIdentifier('1.2.3', 0x88),
    tlv(0xa3, sequence(nullValue)),
    tlv(0xa5, explicit(1, utf8String('x'))),
    tlv(0xa0, upn, explicit(0, utf8String('añna@prod.example'))),
    tlv(0xa0, upn, explicit(0, text(0x16, 'anna'))),
    tlv(0xa0, upn, explicit(0, text(0x13, 'anna'))),
  )
  t.same(names, [
    { type: 'rfc822Name', value: 'ops@prod.example' },
    { type: 'dNSName', value: 'payments.prod.example' },
    { type: 'uniformResourceIdentifier', value: 'spiffe://prod.example/ns/payments/sa/api' },
    { type: 'iPAddress', bytes: Uint8Array.of(10, 0, 0, 1) },
    {
      type: 'iPAddress',
      bytes: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    },
    {
      type: 'directoryName',
      value: [[{ typeId: '2.5.4.3', text: 'payments', der: bytesOf(utf8String('payments')) }]],
    },
    { type: 'registeredID', value: '1.2.3' },
    { type: 'x400Address', der: bytesOf(tlv(0xa3, sequence(nullValue))) },
    { type: 'ediPartyName', der: bytesOf(tlv(0xa5, explicit(1, utf8String('x')))) },
    otherName('añna@prod.example', utf8String('añna@prod.example')),
    otherName('anna', text(0x16, 'anna')),
    otherName(null, text(0x13, 'anna')),
  ])
  t.end()
})

void t.test('keeps text as the certificate has it', (t) => {
  for (const value of ['', ' ', 'a\0.b', 'a, DNS:b', '"', 'By=spiffe://a/b', 'A\nB']) {
    t.same(read(text(0x82, value)), [{ type: 'dNSName', value }])
  }
  t.end()
})

void t.test('refuses names that break a rule', (t) => {
  const field = 'extension 2.5.29.17'
  const rows: readonly (readonly [string, readonly Uint8Array[], string])[] = [
    ['no name', [], `${field} is empty`],
    [
      'a type that does not exist',
      [tlv(0x89)],
      `${field} has a name of a type that does not exist`,
    ],
    [
      'a constructed string',
      [tlv(0xa2, text(0x16, 'a'))],
      `${field} has a name of a type that does not exist`,
    ],
    ['a domain beyond ASCII', [text(0x82, 'añ')], `${field} dNSName has a byte that is not ASCII`],
    [
      'a mailbox beyond ASCII',
      [text(0x81, 'añ')],
      `${field} rfc822Name has a byte that is not ASCII`,
    ],
    [
      'a URI beyond ASCII',
      [text(0x86, 'añ')],
      `${field} uniformResourceIdentifier has a byte that is not ASCII`,
    ],
    ['no address', [tlv(0x87)], `${field} iPAddress is neither 4 nor 16 bytes long`],
    [
      'an address with its mask',
      [tlv(0x87, new Uint8Array(8))],
      `${field} iPAddress is neither 4 nor 16 bytes long`,
    ],
    ['a broken identifier', [tlv(0x88)], `${field} registeredID is cut short`],
    ['a broken party', [tlv(0xa5, hex('04'))], `${field} ediPartyName is cut short`],
    [
      'a broken address',
      [tlv(0xa3, hex('04 80'))],
      `${field} x400Address has an indefinite length`,
    ],
    [
      'two directory names in one',
      [tlv(0xa4, sequence(), sequence())],
      `${field} directoryName has bytes after its end`,
    ],
    [
      'a value that is not tagged',
      [tlv(0xa0, upn, utf8String('a'))],
      `${field} otherName has tag 0x0c instead of 0xa0`,
    ],
    [
      'two values',
      [tlv(0xa0, upn, explicit(0, nullValue, nullValue))],
      `${field} otherName has bytes after its end`,
    ],
    [
      'bytes after the value',
      [tlv(0xa0, upn, explicit(0, nullValue), nullValue)],
      `${field} otherName has bytes after its end`,
    ],
    [
      'text that is not UTF-8',
      [tlv(0xa0, upn, explicit(0, hex('0c 01 ff')))],
      `${field} otherName is not UTF-8`,
    ],
  ]
  refuseEach(
    t,
    rows.map(([rule, names, detail]) => [rule, { extensions: extension17(names) }, detail]),
  )
  t.end()
})

void t.test('reads 100 names, and refuses one more', (t) => {
  const names = Array.from({ length: 101 }, (_name, index) => text(0x82, `host-${index}`))
  t.equal(read(...names.slice(1)).length, 100)
  t.same(
    refusalOf(() => read(...names)),
    {
      code: 'ERR_PEERGATE_CERTIFICATE_TOO_LARGE',
      detail: 'more than 100 subject alternative names',
    },
  )
  t.end()
})

void t.test('reads 100 attributes of directory names, and refuses one more', (t) => {
  t.equal(read(...directoryNames(99, 1)).length, 2)
  for (const [counts, field] of [
    [[101], 'extension 2.5.29.17 directoryName'],
    [[99, 1, 1], 'directory names'],
  ] as const) {
    t.same(
      refusalOf(() => read(...directoryNames(...counts))),
      {
        code: 'ERR_PEERGATE_CERTIFICATE_TOO_LARGE',
        detail: `more than 100 attributes in ${field}`,
      },
    )
  }
  t.end()
})

/** Names of so many attributes each. */
function directoryNames(...counts: readonly number[]): readonly Uint8Array[] {
  const one = attribute('0.0', utf8String('a'))
  return counts.map((count) => tlv(0xa4, name(...Array.from({ length: count }, () => one))))
}

function read(...names: readonly Uint8Array[]): readonly unknown[] {
  return parseCertificate(encodeCertificate({ extensions: extension17(names) }))
    .subjectAlternativeNames
}

function extension17(names: readonly Uint8Array[]): Uint8Array {
  return extensions(extension('2.5.29.17', sequence(...names)))
}

function otherName(value: string | null, der: Uint8Array): object {
  return {
    type: 'otherName',
    typeId: '1.3.6.1.4.1.311.20.2.3',
    value: { text: value, der: bytesOf(der) },
  }
}

function bytesOf(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer)
}
