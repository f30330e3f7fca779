import { formatDistinguishedName, parseCertificate } from '@peergate/core'
import t from 'tap'
import { attribute, encodeCertificate, name } from '../support/certificate-encoder.js'
import { hex, sequence, setOf, utf8String } from '../support/der-encoder.js'

void t.test('writes the last step first', (t) => {
  const subject = sequence(
    setOf(attribute('2.5.4.6', utf8String('DE'))),
    setOf(attribute('2.5.4.10', utf8String('Example')), attribute('2.5.4.11', utf8String('Ops'))),
    setOf(attribute('2.5.4.3', utf8String('payments'))),
  )
  t.equal(format(subject), 'CN=payments,OU=Ops+O=Example,C=DE')
  t.equal(format(sequence()), '')
  t.end()
})

void t.test('knows the short names of RFC 4514, and writes other types in hexadecimal', (t) => {
  const subject = name(
    ...[
      '2.5.4.7',
      '2.5.4.8',
      '2.5.4.9',
      '0.9.2342.19200300.100.1.25',
      '0.9.2342.19200300.100.1.1',
    ].map((typeId) => attribute(typeId, utf8String('x'))),
    attribute('2.5.4.5', utf8String('x')),
    attribute('2.5.4.3', hex('04 01 ff')),
  )
  t.equal(format(subject), 'CN=#0401ff,2.5.4.5=#0c0178,UID=x,DC=x,STREET=x,ST=x,L=x')
  t.end()
})

void t.test('escapes what would read as something else', (t) => {
  const rows: readonly (readonly [text: string, escaped: string])[] = [
    ['Example, Inc.', 'Example\\, Inc.'],
    ['a+b;c<d>e"f\\g=h', 'a\\+b\\;c\\<d\\>e\\"f\\\\g=h'],
    ['#a#', '\\#a#'],
    [' a b ', '\\ a b\\ '],
    [' ', '\\ '],
    ['  ', '\\ \\ '],
    ['', ''],
    ['a\0b', 'a\\00b'],
    ['a\nCN=b', 'a\\0ACN=b'],
    ['a\n', 'a\\0A'],
    ['a \n', 'a \\0A'],
    ['\u007F\u0085', '\\7F\\C2\\85'],
    ['a\u202Eb\u2028', 'a\\E2\\80\\AEb\\E2\\80\\A8'],
    ['\u202E\u202E#', '\\E2\\80\\AE\\E2\\80\\AE#'],
    ['ünï 😀', 'ünï 😀'],
    ['# 😀 ', '\\# 😀\\ '],
    ['\u{E0001}€\u{E0001}', '\\F3\\A0\\80\\81€\\F3\\A0\\80\\81'],
  ]
  for (const [text, escaped] of rows) {
    t.equal(format(name(attribute('2.5.4.3', utf8String(text)))), `CN=${escaped}`)
  }
  t.end()
})

function format(subject: Uint8Array): string {
  return formatDistinguishedName(parseCertificate(encodeCertificate({ subject })).subject)
}
