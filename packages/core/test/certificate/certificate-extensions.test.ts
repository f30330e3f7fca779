import { parseCertificate, type CertificateFacts } from '@peergate/core'
import t from 'tap'
import { encodeCertificate, extension, extensions } from '../support/certificate-encoder.js'
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
  smallInteger,
} from '../support/der-encoder.js'
import { refusalOf, refuseEach } from '../support/refusal.js'

void t.test('reads key usages by name', (t) => {
  const all = [
    'digitalSignature',
    'nonRepudiation',
    'keyEncipherment',
    'dataEncipherment',
    'keyAgreement',
    'keyCertSign',
    'cRLSign',
    'encipherOnly',
    'decipherOnly',
  ]
  for (const [bit, usage] of all.entries()) {
    t.same(readOne('2.5.29.15', namedBits([bit])).keyUsage, [usage])
  }
  t.same(readOne('2.5.29.15', namedBits([...all.keys()])).keyUsage, all)
  t.end()
})

void t.test('reads extended key usages as object identifiers', (t) => {
  const purposes = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0']
  const value = sequence(...purposes.map((purpose) => objectIdentifier(purpose)))
  t.same(readOne('2.5.29.37', value).extendedKeyUsage, purposes)
  t.end()
})

void t.test('reads basic constraints', (t) => {
  t.same(readConstraints(), { ca: false, pathLength: null })
  t.same(readConstraints(boolean(true)), { ca: true, pathLength: null })
  t.same(readConstraints(boolean(true), smallInteger(0)), { ca: true, pathLength: 0 })
  t.same(readConstraints(boolean(true), hex('02 04 7f ff ff ff')), {
    ca: true,
    pathLength: 2 ** 31 - 1,
  })
  t.end()
})

void t.test('reads 100 extensions or extended key usages, and refuses one more', (t) => {
  t.equal(readOne('2.5.29.37', purposes(100)).extendedKeyUsage?.length, 100)
  t.doesNotThrow(() => parseCertificate(others(100)))
  const code = 'ERR_PEERGATE_CERTIFICATE_TOO_LARGE'
  t.same(
    refusalOf(() => readOne('2.5.29.37', purposes(101))),
    { code, detail: 'more than 100 extended key usages' },
  )
  t.same(
    refusalOf(() => parseCertificate(others(101))),
    { code, detail: 'more than 100 extensions' },
  )
  t.end()
})

void t.test('does not look into extensions that say nothing of the holder', (t) => {
  t.match(readOne('1.2.3', hex('ff ff ff')), { keyUsage: null, subjectAlternativeNames: [] })
  t.end()
})

void t.test('refuses extensions that break a rule', (t) => {
  const keyUsage = extension('2.5.29.15', namedBits([0]))
  const unknown = extension('1.2.3', nullValue)
  const id = objectIdentifier('1.2.3')
  const rows: readonly (readonly [string, readonly Uint8Array[], string])[] = [
    ['no extension', [], 'extensions is empty'],
    ['one that is known, twice', [keyUsage, unknown, keyUsage], 'extension 2.5.29.15 occurs twice'],
    ['one that is unknown, twice', [unknown, unknown], 'extension 1.2.3 occurs twice'],
    [
      'critical FALSE',
      [sequence(id, boolean(false), octetString())],
      'extension 1.2.3 critical encodes its default value FALSE',
    ],
    [
      'critical 01',
      [sequence(id, hex('01 01 01'), octetString())],
      'extension 1.2.3 critical is a BOOLEAN other than 00 or FF',
    ],
    [
      'critical of two bytes',
      [sequence(id, hex('01 02 ff ff'), octetString())],
      'extension 1.2.3 critical is a BOOLEAN other than 00 or FF',
    ],
    ['no value', [sequence(id)], 'extension 1.2.3 is cut short'],
    [
      'a value that is no OCTET STRING',
      [sequence(id, nullValue)],
      'extension 1.2.3 has tag 0x05 instead of 0x04',
    ],
    [
      'bytes after the value',
      [sequence(id, octetString(), nullValue)],
      'extension 1.2.3 has bytes after its end',
    ],
    [
      'bytes inside the value',
      [extension('2.5.29.15', Buffer.concat([namedBits([0]), nullValue]))],
      'extension 2.5.29.15 has bytes after its end',
    ],
    [
      'no key usage',
      [extension('2.5.29.15', bitString(hex('')))],
      'extension 2.5.29.15 does not end with a bit that is set',
    ],
    [
      'key usages with a zero at the end',
      [extension('2.5.29.15', bitString(hex('80'), 6))],
      'extension 2.5.29.15 does not end with a bit that is set',
    ],
    [
      'a tenth key usage',
      [extension('2.5.29.15', namedBits([9]))],
      'extension 2.5.29.15 has a bit without a meaning',
    ],
    ['no extended key usage', [extension('2.5.29.37', sequence())], 'extension 2.5.29.37 is empty'],
    [
      'cA FALSE',
      [extension('2.5.29.19', sequence(boolean(false)))],
      'extension 2.5.29.19 cA encodes its default value FALSE',
    ],
    [
      'a path length without cA',
      [extension('2.5.29.19', sequence(smallInteger(0)))],
      'extension 2.5.29.19 has a pathLenConstraint without cA',
    ],
    [
      'a negative path length',
      [extension('2.5.29.19', sequence(boolean(true), hex('02 01 80')))],
      'extension 2.5.29.19 pathLenConstraint is negative',
    ],
    [
      'bytes in basic constraints',
      [extension('2.5.29.19', sequence(boolean(true), smallInteger(0), nullValue))],
      'extension 2.5.29.19 has bytes after its end',
    ],
  ]
  refuseEach(
    t,
    rows.map(([rule, list, detail]) => [
      rule,
      { extensions: explicit(3, sequence(...list)) },
      detail,
    ]),
  )
  t.end()
})

function readConstraints(...fields: readonly Uint8Array[]): unknown {
  return readOne('2.5.29.19', sequence(...fields)).basicConstraints
}

function purposes(count: number): Uint8Array {
  return sequence(...Array.from({ length: count }, () => objectIdentifier('1.2.3')))
}

/** A certificate of extensions that nobody knows. */
function others(count: number): Uint8Array {
  const list = Array.from({ length: count }, (_, index) => extension(`1.2.${index}`, nullValue))
  return encodeCertificate({ extensions: extensions(...list) })
}

function readOne(id: string, value: Uint8Array): CertificateFacts {
  return parseCertificate(encodeCertificate({ extensions: extensions(extension(id, value)) }))
}
