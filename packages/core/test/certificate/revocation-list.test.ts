import { parseRevocationList } from '#core/certificate/revocation-list.js'
import type { RevocationList } from '#core/certificate/revocation-list.js'
import t from 'tap'
import { absent, attribute, extension, name } from '../support/certificate-encoder.js'
import {
  bitString,
  boolean,
  explicit,
  generalizedTime,
  hex,
  integer,
  nullValue,
  objectIdentifier,
  sequence,
  smallInteger,
  tlv,
  tlvWithLength,
  utcTime,
  utf8String,
  withIndefiniteLength,
  withLongLength,
} from '../support/der-encoder.js'
import { refusalOf } from '../support/refusal.js'
import {
  encodeRevocationList,
  listExtensions,
  manyRevoked,
  revokedEntry,
  type RevocationListParts,
} from '../support/revocation-list-encoder.js'
import { createSeededRandom } from '../support/seeded-random.js'

const code = 'ERR_PEERGATE_REVOCATION_LIST_INVALID'
const reason = extension('2.5.29.21', tlv(0x0a, Uint8Array.of(1)))

const rich = encodeRevocationList({
  revoked: sequence(
    revokedEntry(hex('0a')),
    revokedEntry(hex('a1b2'), sequence(reason)),
    revokedEntry(hex('00'), sequence(extension('2.5.29.21', hex('0a0106'), true))),
    revokedEntry(hex('7f'.repeat(20))),
  ),
  extensions: listExtensions(
    extension('2.5.29.20', smallInteger(7)),
    extension('2.5.29.28', hex('30 03 81 01 ff'), true),
  ),
})

void t.test('returns what the list says', (t) => {
  const { issuer, signed, signature, ...rest } = parse(rich)
  t.same(issuer.flat()[0]?.text, 'ca')
  t.same(rest, {
    thisUpdate: Date.UTC(2025, 0, 1),
    nextUpdate: Date.UTC(2035, 0, 1),
    serialNumbers: new Set(['0A', 'A1B2', '0', '7F'.repeat(20)]),
    signatureAlgorithm: { keyType: 'ec', digest: 'sha256' },
  })
  t.same(Buffer.from(signature).toString('hex'), '3006020101020101')
  t.ok(Buffer.from(rich).includes(Buffer.from(signed)))
  t.equal(signed[0], 0x30)
  t.end()
})

void t.test('reads a list that revokes nothing', (t) => {
  t.equal(parse(encodeRevocationList()).serialNumbers.size, 0)
  t.end()
})

void t.test('reads a list of version 1', (t) => {
  const revoked = sequence(revokedEntry(hex('0a')))
  t.same(parse(encodeRevocationList({ version: absent, revoked })).serialNumbers, new Set(['0A']))
  t.end()
})

void t.test('returns a frozen value that shares no memory with its input', (t) => {
  const input = Buffer.from(rich)
  const list = parse(input)
  const before = structuredClone(list)
  input.fill(0)
  t.same(list, before)
  t.ok(Object.isFrozen(list))
  t.end()
})

void t.test('holds a hundred thousand serial numbers in a set', (t) => {
  const { serialNumbers } = parse(encodeRevocationList({ revoked: manyRevoked(100_000) }))
  t.equal(serialNumbers.size, 100_000)
  t.ok(serialNumbers.has(`${'11'.repeat(12)}0001869F`))
  t.notOk(serialNumbers.has(`${'11'.repeat(12)}000186A0`))
  t.end()
})

type FaultyList = readonly [rule: string, parts: Partial<RevocationListParts>, detail: string]

function refuseEach(test: Pick<typeof t, 'same'>, rows: readonly FaultyList[]): void {
  for (const [rule, parts, detail] of rows) {
    const refusal = refusalOf(() => parse(encodeRevocationList(parts)))
    test.same(refusal, { code, detail: `crl: ${detail}` }, rule)
  }
}

void t.test('refuses what breaks a rule of the list', (t) => {
  const sha256 = objectIdentifier('1.2.840.10045.4.3.2')
  refuseEach(t, [
    ['version 1 encoded', { version: smallInteger(0) }, 'version is not v2'],
    ['version 3', { version: smallInteger(2) }, 'version is not v2'],
    [
      'two signature algorithms',
      { signature: sequence(sha256, nullValue) },
      'signature differs from signatureAlgorithm',
    ],
    ['an empty issuer', { issuer: sequence() }, 'issuer is empty'],
    ['no nextUpdate', { nextUpdate: absent }, 'nextUpdate is missing'],
    [
      'a nextUpdate at thisUpdate',
      { nextUpdate: utcTime('250101000000Z') },
      'nextUpdate is not after thisUpdate',
    ],
    [
      'a nextUpdate that does not exist',
      { nextUpdate: generalizedTime('20250230000000Z') },
      'nextUpdate is a time that does not exist',
    ],
    ['no thisUpdate', { thisUpdate: absent, nextUpdate: absent }, 'thisUpdate is cut short'],
    [
      'bytes after the last field',
      { afterExtensions: nullValue },
      'tbsCertList has bytes after its end',
    ],
    [
      'bytes after the signature',
      { afterSignature: boolean(true) },
      'certificateList has bytes after its end',
    ],
    [
      'a signature of half a byte',
      { signatureValue: bitString(hex('f0'), 4) },
      'signatureValue does not end on a whole byte',
    ],
  ])
  t.end()
})

void t.test('refuses what breaks a rule of an entry', (t) => {
  refuseEach(t, [
    ['no entries', { revoked: sequence() }, 'revokedCertificates is empty'],
    ['a negative serial number', entryOf(hex('020180')), 'userCertificate is negative'],
    [
      'a serial number of 21 octets',
      entryOf(integer(hex(`80${'00'.repeat(19)}`))),
      'userCertificate is longer than 20 octets',
    ],
    [
      'an entry without a date',
      { revoked: sequence(sequence(smallInteger(1))) },
      'revocationDate is cut short',
    ],
    ['no entry extensions', entry(sequence()), 'crlEntryExtensions is empty'],
    ['an extension twice', entry(sequence(reason, reason)), 'extension 2.5.29.21 occurs twice'],
    [
      'an indirect list',
      entry(sequence(extension('2.5.29.29', sequence()))),
      'extension 2.5.29.29 makes the list indirect',
    ],
    [
      'a critical extension that is not known',
      entry(sequence(extension('1.2.3', nullValue, true))),
      'extension 1.2.3 is critical and not known',
    ],
    [
      'bytes after the entry extensions',
      entry(sequence(reason), nullValue),
      'revokedCertificates has bytes after its end',
    ],
    [
      'entry extensions in version 1',
      { version: absent, ...entry(sequence(reason)) },
      'revokedCertificates has bytes after its end',
    ],
  ])
  t.end()
})

void t.test('refuses lists that speak of some certificates only', (t) => {
  const limits = 'extension 2.5.29.28 limits what the list speaks of'
  const point = explicit(0, explicit(0, tlv(0x86, Buffer.from('http://ca.example/1.crl'))))
  refuseEach(t, [
    [
      'a delta',
      { extensions: listExtensions(extension('2.5.29.27', smallInteger(1))) },
      'extension 2.5.29.27 makes the list a delta',
    ],
    ['a distribution point', scoped(sequence(point)), limits],
    ['only CAs', scoped(sequence(hex('82 01 ff'))), limits],
    ['some reasons', scoped(sequence(hex('83 02 06 40'))), limits],
    ['other CAs', scoped(sequence(hex('84 01 ff'))), limits],
    ['only attribute certificates', scoped(sequence(hex('85 01 ff'))), limits],
    ['users of a distribution point', scoped(sequence(point, hex('81 01 ff'))), limits],
    ['users, with bytes behind', scoped(hex('30 03 81 01 ff 00')), limits],
    ['no limit', scoped(sequence()), limits],
  ])
  t.end()
})

void t.test('refuses what breaks a rule of the extensions of the list', (t) => {
  const number = extension('2.5.29.20', smallInteger(7))
  refuseEach(t, [
    ['no extensions', { extensions: listExtensions() }, 'crlExtensions is empty'],
    [
      'an extension twice',
      { extensions: listExtensions(number, number) },
      'extension 2.5.29.20 occurs twice',
    ],
    [
      'a critical extension that is not known',
      { extensions: listExtensions(extension('1.2.3', nullValue, true)) },
      'extension 1.2.3 is critical and not known',
    ],
    [
      'bytes after the extensions',
      { extensions: explicit(0, sequence(number), nullValue) },
      'crlExtensions has bytes after its end',
    ],
    [
      'extensions in version 1',
      { version: absent, extensions: listExtensions(number) },
      'tbsCertList has bytes after its end',
    ],
  ])
  t.end()
})

void t.test('refuses what is not DER', (t) => {
  const rows: readonly (readonly [rule: string, der: Uint8Array, detail: string])[] = [
    ['nothing', new Uint8Array(), 'certificateList is cut short'],
    ['text', Buffer.from('<html>'), 'certificateList has tag 0x3c, a form that DER does not have'],
    ['a certificate', sequence(sequence()), 'signatureAlgorithm is cut short'],
    ['bytes behind', Buffer.concat([rich, hex('00')]), 'certificateList has bytes after its end'],
    [
      'a long length',
      withLongLength(rich),
      'certificateList has a length that is not in its shortest form',
    ],
    [
      'an indefinite length',
      withIndefiniteLength(rich),
      'certificateList has an indefinite length',
    ],
    [
      '16 MiB',
      tlvWithLength(0x30, hex('84 01 00 00 00'), new Uint8Array()),
      'certificateList has a length of more than three bytes',
    ],
    [
      'an issuer that is no name',
      encodeRevocationList({
        issuer: name(attribute('2.5.4.3', withLongLength(utf8String('ca')))),
      }),
      'issuer attribute 2.5.4.3 has a length that is not in its shortest form',
    ],
  ]
  for (const [rule, der, detail] of rows) {
    t.same(
      refusalOf(() => parse(der)),
      { code, detail: `crl: ${detail}` },
      rule,
    )
  }
  t.end()
})

void t.test('refuses every truncation', (t) => {
  for (let length = 0; length < rich.length; length++) {
    if (refusalOf(() => parse(rich.subarray(0, length)))?.code !== code)
      t.fail(`of ${length} bytes`)
  }
  t.end()
})

void t.test('refuses mutations with its own error, or reads them', (t) => {
  const seed = 5280
  const random = createSeededRandom(seed)
  let read = 0
  for (let round = 0; round < 20_000; round++) {
    const mutated = Uint8Array.from(rich)
    for (let count = random.below(4) + 1; count > 0; count--) {
      mutated[random.below(mutated.length)] = random.below(256)
    }
    try {
      if (refusalOf(() => parse(mutated)) === null) read++
    } catch (error) {
      t.fail(`seed ${seed}, round ${round}`, { found: error })
    }
  }
  t.comment(`${read} of 20000 read`)
  t.ok(read > 100)
  t.end()
})

function parse(der: Uint8Array): RevocationList {
  return parseRevocationList(der, 'crl')
}

/** A list with an entry that has `rest` behind its date. */
function entry(...rest: readonly Uint8Array[]): Partial<RevocationListParts> {
  return { revoked: sequence(revokedEntry(hex('0a')), revokedEntry(hex('0b'), ...rest)) }
}

function entryOf(serialNumber: Uint8Array): Partial<RevocationListParts> {
  return { revoked: sequence(sequence(serialNumber, utcTime('250101000000Z'))) }
}

/** A list with an issuing distribution point. */
function scoped(scope: Uint8Array): Partial<RevocationListParts> {
  return { extensions: listExtensions(extension('2.5.29.28', scope, true)) }
}
