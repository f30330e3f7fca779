import { parseCertificate } from '@peergate/core'
import t from 'tap'
import { attribute, encodeCertificate, name } from '../support/certificate-encoder.js'
import { bitString, explicit, hex, sequence, tlvWithLength } from '../support/der-encoder.js'
import { malformedBy, refusalOf, refuseEach, type FaultyPart } from '../support/refusal.js'

void t.test('refuses every encoding that is not DER', (t) => {
  const body = hex('04 00')
  const rows: readonly (readonly [rule: string, der: Uint8Array, detail: string])[] = [
    ['nothing at all', hex(''), 'certificate is cut short'],
    ['a tag without a length', hex('30'), 'certificate is cut short'],
    ['a length without its bytes', hex('30 82 01'), 'certificate is cut short'],
    ['an indefinite length', hex('30 80 04 00 00 00'), 'certificate has an indefinite length'],
    [
      'a length of four bytes',
      hex('30 84 00 00 00 02 04 00'),
      'certificate has a length of more than three bytes',
    ],
    [
      'a long length below 128',
      tlvWithLength(0x30, hex('81 02'), body),
      'certificate has a length that is not in its shortest form',
    ],
    [
      'a length with a leading zero',
      tlvWithLength(0x30, hex('82 00 80'), new Uint8Array(128)),
      'certificate has a length that is not in its shortest form',
    ],
    ['a length beyond the end', hex('30 03 04 00'), 'certificate is longer than what holds it'],
    [
      'a tag of more than one byte',
      hex('3f 81 00 00'),
      'certificate has a tag of more than one byte',
    ],
    [
      'the tag that ends indefinite lengths',
      hex('00 00'),
      'certificate has tag 0x00, a form that DER does not have',
    ],
    [
      'a primitive sequence',
      hex('10 00'),
      'certificate has tag 0x10, a form that DER does not have',
    ],
    [
      'a constructed string',
      hex('24 02 04 00'),
      'certificate has tag 0x24, a form that DER does not have',
    ],
    ['another tag', hex('31 00'), 'certificate has tag 0x31 instead of 0x30'],
    [
      'bytes after the certificate',
      Buffer.concat([encodeCertificate(), hex('00')]),
      'certificate has bytes after its end',
    ],
  ]
  for (const [rule, der, detail] of rows) {
    t.same(
      refusalOf(() => parseCertificate(der)),
      malformedBy(detail),
      rule,
    )
  }
  t.end()
})

void t.test('refuses integers and bit strings that are not canonical', (t) => {
  const rows: readonly FaultyPart[] = [
    [
      'an empty INTEGER',
      { serialNumber: hex('02 00') },
      'serialNumber is an INTEGER without a value',
    ],
    [
      'a superfluous sign byte',
      { serialNumber: hex('02 02 00 01') },
      'serialNumber is an INTEGER that is not in its shortest form',
    ],
    [
      'two bytes of zero',
      { serialNumber: hex('02 02 00 00') },
      'serialNumber is an INTEGER that is not in its shortest form',
    ],
    ['a negative INTEGER', { serialNumber: hex('02 01 ff') }, 'serialNumber is negative'],
    [
      'a version too large for a number',
      { version: explicit(0, hex('02 05 00 80 00 00 00')) },
      'version is 2147483648 or more',
    ],
    [
      'a BIT STRING without a count',
      { signatureValue: hex('03 00') },
      'signatureValue is a BIT STRING without a count of 0 to 7 unused bits',
    ],
    [
      'eight unused bits',
      { signatureValue: bitString(hex('00'), 8) },
      'signatureValue is a BIT STRING without a count of 0 to 7 unused bits',
    ],
    [
      'unused bits of nothing',
      { signatureValue: bitString(hex(''), 1) },
      'signatureValue is a BIT STRING whose unused bits are not zero',
    ],
    [
      'unused bits that are set',
      { signatureValue: bitString(hex('03'), 1) },
      'signatureValue is a BIT STRING whose unused bits are not zero',
    ],
    [
      'a signature of 15 bits',
      { signatureValue: bitString(hex('00 02'), 1) },
      'signatureValue does not end on a whole byte',
    ],
  ]
  refuseEach(t, rows)
  t.end()
})

void t.test('refuses values that are broken inside', (t) => {
  let nested = sequence()
  for (let depth = 0; depth < 17; depth++) nested = sequence(nested)
  const rows: readonly FaultyPart[] = [
    [
      'a length beyond the end',
      { subject: nameWith(sequence(hex('04 05 00'))) },
      'subject attribute 1.2.3 is longer than what holds it',
    ],
    [
      'an indefinite length',
      { subject: nameWith(sequence(hex('30 80 00 00'))) },
      'subject attribute 1.2.3 has an indefinite length',
    ],
    [
      'a constructed string',
      { subject: nameWith(hex('2c 03 0c 01 61')) },
      'subject attribute 1.2.3 has tag 0x2c, a form that DER does not have',
    ],
    [
      'depth without end',
      { subject: nameWith(nested) },
      'subject attribute 1.2.3 is nested deeper than 16',
    ],
  ]
  refuseEach(t, rows)
  t.end()
})

function nameWith(value: Uint8Array): Uint8Array {
  return name(attribute('1.2.3', value))
}
