import { parseCertificate } from '@peergate/core'
import t from 'tap'
import { attribute, encodeCertificate, name } from '../support/certificate-encoder.js'
import { hex, sequence, tlv, utf8String } from '../support/der-encoder.js'
import { refuseEach, type FaultyPart } from '../support/refusal.js'

void t.test('reads object identifiers of every size', (t) => {
  for (const typeId of [
    '0.9.2342.19200300.100.1.1',
    '1.3.6.1',
    '2.5.4.41',
    '2.999',
    '2.25.340282366920938463463374607431768211455',
    '2.340282366920938463463374607431768211455',
    '1.3.72057594037927936.1.4503599627370495.4503599627370496.9007199254740993',
    `1.3.${2n ** 94n}.${2n ** 84n - 1n}.${2n ** 91n + 1n}`,
  ]) {
    const subject = name(attribute(typeId, utf8String('x')))
    t.equal(parseCertificate(encodeCertificate({ subject })).subject[0]?.[0]?.typeId, typeId)
  }
  const longArc = Uint8Array.from({ length: 64 }, (_byte, index) => (index === 63 ? 1 : 0xff))
  const rows: readonly FaultyPart[] = [
    ['no arcs', { subject: attributeOf(hex('06 00')) }, 'subject is cut short'],
    ['an arc cut short', { subject: attributeOf(hex('06 02 55 84')) }, 'subject is cut short'],
    [
      'a large arc cut short',
      { subject: attributeOf(tlv(0x06, longArc.subarray(0, 20))) },
      'subject is cut short',
    ],
    [
      'an arc with leading zeros',
      { subject: attributeOf(hex('06 03 55 80 04')) },
      'subject has an object identifier with an arc that is not in its shortest form',
    ],
    [
      'more than 64 bytes',
      { subject: attributeOf(tlv(0x06, hex('55'), longArc)) },
      'subject has an object identifier of more than 64 bytes',
    ],
  ]
  refuseEach(t, rows)
  t.ok(parseCertificate(encodeCertificate({ subject: attributeOf(tlv(0x06, longArc)) })))
  t.end()
})

function attributeOf(identifier: Uint8Array): Uint8Array {
  return name(sequence(identifier, utf8String('x')))
}
