import t from 'tap'
import { describeCertificate } from '#core/tls/certificate-description.js'
import {
  attribute,
  certificateFacts,
  dnsName,
  emailName,
  ipName,
  namedBy,
  otherName,
  principalName,
  uriName,
} from '../support/certificate-facts.js'

t.test('shows each kind of name in one line', (t) => {
  const der = Uint8Array.of(0xa3, 0)
  const { names } = describeCertificate(
    namedBy(
      dnsName('a.example'),
      uriName('spiffe://a.example/b'),
      emailName('a@b.example'),
      ipName(192, 0, 2, 1),
      principalName('a@b.example'),
      otherName('1.2.3', null),
      { type: 'registeredID', value: '1.2.3' },
      { type: 'directoryName', value: [[attribute('2.5.4.3', 'a')]] },
      { type: 'x400Address', der },
      { type: 'ediPartyName', der },
      dnsName('a"\n\u001B[31m\u202E'),
    ),
  )
  t.strictSame(names, [
    'dNSName:"a.example"',
    'uniformResourceIdentifier:"spiffe://a.example/b"',
    'rfc822Name:"a@b.example"',
    'iPAddress:"192.0.2.1"',
    'otherName:"1.3.6.1.4.1.311.20.2.3;a@b.example"',
    'otherName:"1.2.3;#"',
    'registeredID:"1.2.3"',
    'directoryName:"CN=a"',
    'x400Address:"#a300"',
    'ediPartyName:"#a300"',
    String.raw`dNSName:"a\"\n\u001b[31m\u202e"`,
  ])
  t.end()
})

t.test('bounds the number and the length of what it shows', (t) => {
  const long = 'é'.repeat(1000)
  const names = Array.from({ length: 100 }, () => uriName(long))
  const subject = [[attribute('2.5.4.3', '💳'.repeat(1000))]]
  const shown = describeCertificate(certificateFacts({ subject, subjectAlternativeNames: names }))
  t.equal(shown.names.length, 21)
  t.equal(shown.names.at(-1), '… 80 more')
  t.ok(shown.names.every((name) => name.length < 250))
  t.equal(shown.subject, `CN=${'💳'.repeat(397)}…`)
  t.equal(shown.issuer, 'CN=Payments Client CA')
  t.ok(Object.isFrozen(shown) && Object.isFrozen(shown.names))
  t.end()
})
