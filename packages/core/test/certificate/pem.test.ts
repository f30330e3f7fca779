import { parsePem } from '#core/certificate/pem.js'
import t from 'tap'
import { refusalOf } from '../support/refusal.js'

const block = '-----BEGIN CERTIFICATE-----\nAQID\nBAU=\n-----END CERTIFICATE-----\n'
const bytes = Uint8Array.of(1, 2, 3, 4, 5)

void t.test('returns the blocks in order', (t) => {
  const text = `subject: CN=ünï\tx\n${block}\n${block.replaceAll('CERTIFICATE', 'X509 CRL')}end`
  t.same(parsePem(text, 'ca'), [
    { label: 'CERTIFICATE', der: bytes },
    { label: 'X509 CRL', der: bytes },
  ])
  t.end()
})

void t.test('reads lines of any length, blanks and CRLF', (t) => {
  const spaced = block
    .replace('AQID\nBAU=', ' AQ ID\n\n\tBAU= ')
    .replaceAll('-----\n', '----- \t\n')
  for (const text of [block.replaceAll('\n', '\r\n'), block.trimEnd(), spaced]) {
    t.same(parsePem(text, 'ca'), [{ label: 'CERTIFICATE', der: bytes }])
  }
  t.end()
})

void t.test('refuses what two readers could read differently', (t) => {
  const of = (body: string): string => block.replace('AQID\nBAU=', body)
  const rows: readonly (readonly [rule: string, text: string, detail: string])[] = [
    ['nothing', '', 'ca: holds no PEM block'],
    ['text alone', 'certificate\n', 'ca: holds no PEM block'],
    ['no END', block.slice(0, 37), 'ca: BEGIN CERTIFICATE without END'],
    ['no BEGIN', block.slice(28), 'ca: line 3: END CERTIFICATE without BEGIN'],
    ['two ENDs', `${block}-----END CERTIFICATE-----`, 'ca: line 5: END CERTIFICATE without BEGIN'],
    ['a block in a block', of(block), 'ca: line 2: BEGIN CERTIFICATE inside CERTIFICATE'],
    [
      'another END',
      block.replace('END CERTIFICATE', 'END X509 CRL'),
      'ca: line 4: END X509 CRL after BEGIN CERTIFICATE',
    ],
    ['no label', '-----BEGIN -----', 'ca: line 1: dashes that are no boundary'],
    [
      'a label in lower case',
      block.replace('CERTIFICATE', 'Certificate'),
      'ca: line 1: dashes that are no boundary',
    ],
    ['a boundary behind text', `x${block}`, 'ca: line 1: dashes that are no boundary'],
    [
      'text behind a boundary',
      of('').replace('-----\n', '-----AQID'),
      'ca: line 1: dashes that are no boundary',
    ],
    ['six dashes', `-${block}`, 'ca: line 1: dashes that are no boundary'],
    [
      'headers',
      of('Proc-Type: 4,ENCRYPTED\n\nAQID'),
      'ca: line 2: headers or other characters that are not base64',
    ],
    ['base64url', of('-_-_'), 'ca: line 2: headers or other characters that are not base64'],
    [
      'a NUL in a block',
      of('AQ\0ID'),
      'ca: line 2: headers or other characters that are not base64',
    ],
    ['an empty block', of(''), 'ca: line 3: end of an empty block'],
    ['no padding', of('AQIDBAU'), 'ca: line 3: end of base64 that is not canonical'],
    [
      'bits behind the last byte',
      of('AQIDBAV='),
      'ca: line 3: end of base64 that is not canonical',
    ],
    ['padding in the middle', of('AQ==AQID'), 'ca: line 3: end of base64 that is not canonical'],
    ['a NUL outside', `\0\n${block}`, 'ca: line 1: control character or byte order mark'],
    [
      'an escape sequence outside',
      `${block}\u001B[2J`,
      'ca: line 5: control character or byte order mark',
    ],
    [
      'a lone carriage return',
      `a\rb\n${block}`,
      'ca: line 1: control character or byte order mark',
    ],
    ['a byte order mark', `\uFEFFx\n${block}`, 'ca: line 1: control character or byte order mark'],
    [
      'a byte order mark at a boundary',
      `\uFEFF${block}`,
      'ca: line 1: dashes that are no boundary',
    ],
    ['more than 1 MiB', ' '.repeat(2 ** 20 + 1), 'ca: longer than 1048576 characters'],
  ]
  for (const [rule, text, detail] of rows) {
    const refusal = refusalOf(() => parsePem(text, 'ca'))
    t.same(refusal, { code: 'ERR_PEERGATE_PEM_INVALID', detail }, rule)
  }
  t.end()
})
