import { openCertificate } from '#core/certificate/open-certificate.js'
import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { encodeCertificate, extension, extensions } from '../support/certificate-encoder.js'
import { pem } from '../support/own-authority.js'

void t.test('opens the certificate whose DER it is given', (t) => {
  const inner = encodeCertificate()
  for (const length of [0, 1, 2, 46, 47, 48, 49]) {
    const der = Buffer.from(encodeWith(new Uint8Array(length)))
    t.ok(openCertificate(der).raw.equals(der), `${der.length} bytes`)
  }
  const bearing = Buffer.from(encodeWith(Buffer.from(`\n${pem('CERTIFICATE', inner)}`)))
  t.ok(new X509Certificate(bearing).raw.equals(inner), 'Node opens the one inside')
  t.ok(openCertificate(bearing).raw.equals(bearing))
  t.end()
})

void t.test('throws where OpenSSL cannot read it', (t) => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(0x30, 0)]) {
    t.throws(() => openCertificate(bytes), Error)
  }
  t.end()
})

function encodeWith(value: Uint8Array): Uint8Array {
  return encodeCertificate({ extensions: extensions(extension('1.2.3.4', value)) })
}
