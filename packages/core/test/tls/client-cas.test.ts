import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTlsGate } from '@peergate/core'
import type { ClientCasOptions, TlsGateOptions } from '@peergate/core'
import { mintPki } from '@peergate/testkit'
import t from 'tap'
import { faultOf } from '../support/fault-of.js'
import { ask, listen } from '../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../support/tls-setting.js'

const { pki, options, createGate, issueClient } = await createTlsSetting()
const payments = pki.authority('payments-client-ca')
const batch = pki.authority('batch-client-ca')
const expired = await mintPki({
  authorities: {
    'old-ca': {
      purpose: 'Has expired.',
      subject: 'CN=Old CA',
      validity: { from: '-2d', to: '-1d' },
    },
    'next-ca': {
      purpose: 'Is not valid yet.',
      subject: 'CN=Next CA',
      validity: { from: '+1d', to: '+2d' },
    },
  },
  leaves: {},
})
const oldCa = expired.authority('old-ca').certificate
const nextCa = expired.authority('next-ca').certificate

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/gu) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** `certificate` with the first `from` in it replaced by as many bytes. */
function patched({ der }: { readonly der: Uint8Array }, from: string, to: string): string {
  const hex = Buffer.from(der).toString('hex')
  if (!hex.includes(from)) throw new Error(`the certificate does not hold ${from}`)
  return pem(Buffer.from(hex.replace(from, to), 'hex'))
}

const prefix = 'a client CA set must hold only CA certificates, at least one of them valid now: '
const pemPrefix = 'PEM material must consist of whole, well-formed blocks: '
const optionPrefix = 'options must be well-formed: createTlsGate: '
const missing = join(tmpdir(), 'no-such-client-ca.pem')
const setFault = 'must be sets of CAs by name, such as { payments: "payments-ca.pem" }'
const materialFault = 'must be the path of a file, PEM text, bytes of PEM, or a list of these'

t.test('refuses a client CA set that OpenSSL would take in silence', async (t) => {
  const leaf = await issueClient()
  const [, first = ''] = payments.certificate.split('\n')
  for (const [name, clientCas, message] of [
    ['no sets', {}, `${optionPrefix}option "clientCas" must name at least one set of CAs`],
    ['nothing', undefined, `${optionPrefix}option "clientCas" ${setFault}`],
    ['a list', [payments.certificate], `${optionPrefix}option "clientCas" ${setFault}`],
    ['a text', payments.certificate, `${optionPrefix}option "clientCas" ${setFault}`],
    ['an empty path', { a: '' }, `${optionPrefix}option "clientCas.a" ${materialFault}`],
    ['null', { a: null }, `${optionPrefix}option "clientCas.a" ${materialFault}`],
    ['an empty list', { a: [] }, `${optionPrefix}option "clientCas.a" must hold at least one CA`],
    ['a list with a hole', { a: [null] }, `${optionPrefix}option "clientCas.a" ${materialFault}`],
    [
      'a set without a name',
      { '': 'ca.pem' },
      `${optionPrefix}option "clientCas." must have a name`,
    ],
    ['no bytes', { a: new Uint8Array() }, `${pemPrefix}clientCas.a: holds no PEM block`],
    ['garbage', { a: Buffer.from('x') }, `${pemPrefix}clientCas.a: holds no PEM block`],
    [
      'a missing file',
      { a: missing },
      `every file named in the options must be readable: clientCas.a: ${JSON.stringify(missing)} could not be read (ENOENT)`,
    ],
    [
      'a directory',
      { a: tmpdir() },
      `every file named in the options must be readable: clientCas.a: ${JSON.stringify(tmpdir())} could not be read (EISDIR)`,
    ],
    [
      'base64 without its lines',
      { a: `${first}${first}` },
      `${pemPrefix}clientCas.a: base64 without its BEGIN and END lines; give the whole PEM, or a path`,
    ],
    [
      'a file that is cut off in its second block',
      { a: ['-----BEGIN', payments.certificate] },
      `${pemPrefix}clientCas.a.0: line 1: dashes that are no boundary`,
    ],
    [
      'a key',
      { a: leaf.key },
      `${prefix}certificate 1 of clientCas.a: a PRIVATE KEY is no certificate; remove it`,
    ],
    [
      'a leaf',
      { a: leaf.cert },
      `${prefix}certificate 1 of clientCas.a is not a CA (basicConstraints)`,
    ],
    [
      'a leaf behind a CA',
      { a: [batch.certificate, payments.certificate + leaf.cert] },
      `${prefix}certificate 2 of clientCas.a.1 is not a CA (basicConstraints)`,
    ],
    [
      'a CA that may not sign',
      { a: patched(payments, '03020106', '03020102') },
      `${prefix}certificate 1 of clientCas.a may not sign certificates (keyUsage)`,
    ],
    [
      'a certificate that is no DER',
      { a: patched(payments, '0101ff', '010101') },
      `${prefix}certificate 1 of clientCas.a: `,
    ],
    [
      'a key that is no point of its curve',
      { a: patched(payments, '03420004', '03420005') },
      `${prefix}certificate 1 of clientCas.a: OpenSSL cannot read it`,
    ],
    [
      'only expired CAs',
      { a: oldCa },
      `${prefix}clientCas.a holds no CA that is valid now; renew it`,
    ],
    [
      'only future CAs',
      { a: nextCa },
      `${prefix}clientCas.a holds no CA that is valid now; renew it`,
    ],
    [
      'one key in two sets',
      { a: payments.certificate, b: [batch.certificate, payments.certificate] },
      `${prefix}clientCas.a and clientCas.b share a CA key; put it into one set`,
    ],
  ] as const) {
    const faulty = { ...options, clientCas } as unknown as TlsGateOptions
    const fault = faultOf(() => createTlsGate(faulty))
    t.equal(fault?.message.slice(0, message.length), message, name)
  }
})

t.test('trusts exactly the certificates of its sets, whatever form they came in', (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'peergate-')), 'ca.pem')
  writeFileSync(path, `Payments, höchst vertraulich\n${payments.certificate}`)
  const ca = payments.certificate + batch.certificate
  const forms = [payments.certificate, Buffer.from(payments.certificate), path]
  for (const form of forms) {
    const clientCas = { payments: form, batch: [batch.certificate] }
    t.strictSame(createGate({ clientCas }).tls.serverOptions.ca, [ca])
  }
  t.end()
})

t.test('binds sessions to the sets, in whatever order they are written', (t) => {
  const one = contextOf({ a: payments.certificate, b: batch.certificate })
  t.equal(contextOf({ b: batch.certificate, a: payments.certificate }), one)
  t.not(contextOf({ a: batch.certificate, b: payments.certificate }), one)
  t.not(contextOf({ a: payments.certificate }), one)
  t.match(one, /^[0-9a-f]{32}$/u)
  t.end()
})

t.test('warns of an expired CA beside a valid one', async (t) => {
  const warned = once(process, 'warning') as Promise<[Error & { code: string }]>
  createGate({ clientCas: { payments: [payments.certificate, oldCa, nextCa] } })
  const [warning] = await warned
  t.equal(warning.code, 'PEERGATE_CLIENT_CA_EXPIRED')
  const time = new Date(new X509Certificate(oldCa).validTo).toISOString()
  t.equal(
    warning.message,
    `certificate 1 of clientCas.payments.1: the CA CN=Old CA expired on ${time}; remove or renew it`,
  )
})

t.test('names the set that admitted a peer', async (t) => {
  const both = { payments: payments.certificate, batch: batch.certificate }
  const intermediate = pki.authority('payments-intermediate').certificate
  for (const [clientCas, issuer, expected] of [
    [{ payments: payments.certificate }, 'payments-client-ca', 'tls payments'],
    [{ payments: payments.certificate }, 'payments-intermediate', 'tls payments'],
    [both, 'payments-client-ca', 'tls payments'],
    [both, 'batch-client-ca', 'tls batch'],
    [both, 'payments-intermediate', 'tls null'],
    [
      { ...both, below: { anchors: intermediate, path: payments.certificate } },
      'payments-intermediate',
      'tls below',
    ],
  ] as const) {
    const port = await listen(t, createGatedServer(createGate({ clientCas }).tls))
    t.equal(await ask({ port, ...(await issueClient({ issuer })) }), expected)
  }
})

function contextOf(clientCas: ClientCasOptions): string {
  return String(createGate({ clientCas }).tls.serverOptions.sessionIdContext)
}
