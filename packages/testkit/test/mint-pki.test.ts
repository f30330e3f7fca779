import { X509Certificate, createPrivateKey } from 'node:crypto'
import { mintPki } from '@peergate/testkit'
import type { MintedCertificate } from '@peergate/testkit'
import t from 'tap'
import { authority, declaration, leaf, refusal } from './pki-fixture.js'
import { verdict } from './tls-verdict.js'

const hour = 3_600_000
const day = 24 * hour

function read({ der }: MintedCertificate): X509Certificate {
  return new X509Certificate(der)
}

t.test('mints what a TLS server judges as declared', async (t) => {
  const pki = await mintPki(declaration)
  const verdicts = {
    client: 'trusted',
    'client-without-intermediate': 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'namesake-client': 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'rogue-client': 'CERT_SIGNATURE_FAILURE',
    'expired-client': 'CERT_HAS_EXPIRED',
    'future-client': 'CERT_NOT_YET_VALID',
    'server-only-client': 'INVALID_PURPOSE',
  }
  for (const [role, expected] of Object.entries(verdicts)) {
    t.test(role, async (t) => t.equal(await verdict(pki, pki.leaf(role)), expected))
  }
})

t.test('gives a leaf followed by its intermediates, and never by the root', async (t) => {
  const pki = await mintPki(declaration)
  const blocks = (role: string) => pki.leaf(role).certificate.match(/-----BEGIN CERT/g)?.length
  t.equal(blocks('server'), 1)
  t.equal(blocks('client'), 2)
  t.equal(blocks('client-without-intermediate'), 1)
  t.ok(pki.leaf('client').certificate.endsWith(pki.authority('intermediate').certificate))
  const { certificate, der } = pki.leaf('client')
  t.same(new X509Certificate(certificate).raw, Buffer.from(der))
})

t.test('makes authorities that sign and leaves that do not', async (t) => {
  const pki = await mintPki(declaration)
  t.equal(read(pki.authority('ca')).ca, true)
  t.equal(read(pki.leaf('client')).ca, false)
  t.equal(read(await pki.issue({ ...leaf, ca: true })).ca, true)
  t.ok(read(pki.authority('intermediate')).checkIssued(read(pki.authority('ca'))))
  t.notOk(read(pki.leaf('client')).checkIssued(read(pki.authority('ca'))))
})

t.test('writes the subject in the order of RFC 4514', async (t) => {
  const pki = await mintPki(declaration)
  const subject = async (text: string) => read(await pki.issue({ ...leaf, subject: text })).subject
  t.equal(await subject('CN=a,O=Example,C=DE'), 'C=DE\nO=Example\nCN=a')
  t.equal(await subject('E=a@b.example,DC=example'), 'DC=example\nemailAddress=a@b.example')
  t.equal(await subject('CN=a+OU=b, O=Example\\, Inc'), 'O=Example\\, Inc\nCN=a + OU=b')
  t.equal(
    await subject(String.raw`CN=a\0D\0A\+b \\ \<c\>☃,O=Acme\, \"Best\"\; Co\=1`),
    String.raw`O=Acme\, \"Best\"\; Co=1` + '\n' + String.raw`CN=a\0D\0A\+b \\ \<c\>☃`,
  )
  t.notOk(await subject(''))
})

t.test('writes every type of subject alternative name', async (t) => {
  const pki = await mintPki(declaration)
  const { subjectAltName } = read(
    await pki.issue({
      ...leaf,
      dns: ['a.example'],
      ip: ['192.0.2.1', '2001:db8::1'],
      uri: ['spiffe://prod.example/a', 'urn:b'],
      email: ['a@b.example'],
      upn: ['jürgen@b.example'],
    }),
  )
  t.equal(
    subjectAltName,
    'DNS:a.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, ' +
      'URI:spiffe://prod.example/a, URI:urn:b, email:a@b.example, othername:UPN:jürgen@b.example',
  )
  t.equal(read(await pki.issue(leaf)).subjectAltName, undefined)
})

t.test('states the extended key usages of a leaf', async (t) => {
  const pki = await mintPki(declaration)
  const [server, client] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']
  const usages = { server: [server], client: [client], both: [server, client], none: undefined }
  for (const usage of ['server', 'client', 'both', 'none'] as const) {
    t.test(usage, async (t) => {
      t.same(read(await pki.issue({ ...leaf, usage })).keyUsage, usages[usage])
    })
  }
})

t.test('mints every kind of key', async (t) => {
  const pki = await mintPki(declaration)
  const details = {
    'ecdsa-p256': { namedCurve: 'prime256v1' },
    'ecdsa-p384': { namedCurve: 'secp384r1' },
    'rsa-1024': { modulusLength: 1024, publicExponent: 65537n },
    'rsa-2048': { modulusLength: 2048, publicExponent: 65537n },
  }
  for (const keys of ['ecdsa-p256', 'ecdsa-p384', 'rsa-1024', 'rsa-2048'] as const) {
    t.test(keys, async (t) => {
      const minted = await pki.issue({ ...leaf, keys })
      t.same(read(minted).publicKey.asymmetricKeyDetails, details[keys])
      t.ok(read(minted).checkPrivateKey(createPrivateKey(minted.key)))
    })
  }
})

t.test('signs with every kind of key', async (t) => {
  for (const keys of ['ecdsa-p384', 'rsa-2048'] as const) {
    t.test(keys, async (t) => {
      const ca = { ...authority, keys }
      const pki = await mintPki({ authorities: { ca }, leaves: { leaf } })
      t.ok(read(pki.leaf('leaf')).verify(read(pki.authority('ca')).publicKey))
    })
  }
})

t.test('gives every certificate a positive serial number of its own', async (t) => {
  const pki = await mintPki(declaration)
  const roles = Object.keys(declaration.leaves)
  const serials = roles.map((role) => read(pki.leaf(role)).serialNumber)
  t.equal(new Set(serials).size, roles.length)
  for (const serial of serials) t.match(serial, /^[0-9A-F]{1,32}$/)
})

t.test('gives the serial number as Node writes it', async (t) => {
  const pki = await mintPki(declaration)
  for (const role of Object.keys(declaration.leaves)) {
    t.equal(pki.leaf(role).serialNumber, read(pki.leaf(role)).serialNumber)
  }
  t.equal(pki.authority('ca').serialNumber, read(pki.authority('ca')).serialNumber)
})

t.test('counts every validity from the moment of minting', async (t) => {
  let now = Date.UTC(2030, 0, 1)
  const pki = await mintPki(declaration, { now: () => now })
  const { notBefore, notAfter } = pki.authority('ca')
  t.same([notBefore, notAfter], [new Date(now - hour), new Date(now + 90 * day)])
  const client = pki.leaf('client')
  t.same([client.notBefore, client.notAfter], [new Date(now - hour), new Date(now + 30 * day)])
  const future = pki.leaf('future-client')
  t.same([future.notBefore, future.notAfter], [new Date(now + day), new Date(now + 2 * day)])

  now += 5 * day
  const late = await pki.issue({ ...leaf, validity: { from: '-1m', to: '+2s' } })
  t.same([late.notBefore, late.notAfter], [new Date(now - 60_000), new Date(now + 2000)])
})

t.test('issues one more leaf at any time', async (t) => {
  const pki = await mintPki(declaration)
  const { purpose, ...request } = leaf
  t.ok(purpose)
  t.equal(await verdict(pki, await pki.issue({ ...request, issuer: 'intermediate' })), 'trusted')
})

t.test('names the role that was probably meant', async (t) => {
  const pki = await mintPki(declaration)
  const place = 'ERR_PEERGATE_OPTION_INVALID: pki'
  t.equal(
    await refusal(() => pki.leaf('cleint')),
    `${place}.leaf: leaf "cleint" is not known; did you mean "client"?`,
  )
  t.equal(
    await refusal(() => pki.leaf('constructor')),
    `${place}.leaf: leaf "constructor" is not known`,
  )
  t.equal(
    await refusal(() => pki.authority('server')),
    `${place}.authority: authority "server" is not known`,
  )
  t.equal(
    await refusal(() => pki.issue({ ...leaf, issuer: 'rouge' })),
    `${place}.issue: option "issuer": authority "rouge" is not known; did you mean "rogue"?`,
  )
  t.equal(
    await refusal(() => pki.revocationList({ issuer: 'rouge', serialNumbers: [] })),
    `${place}.revocationList: option "issuer": authority "rouge" is not known; did you mean "rogue"?`,
  )
  t.equal(
    await refusal(() => pki.issue({ ...leaf, url: [] } as typeof leaf)),
    `${place}.issue: option "url" is not known; did you mean "uri"?`,
  )
})
