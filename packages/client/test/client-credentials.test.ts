import { createPrivateKey, createPublicKey, hash } from 'node:crypto'
import { createClientIdentity } from '@peergate/client'
import { PeerGateError } from '@peergate/core'
import { mintPki } from '@peergate/testkit'
import t from 'tap'
import {
  clientCa,
  issueClient,
  issuingCa,
  materialOf,
  otherCa,
  pki,
  serverCa,
} from './support/pki.js'

const worker = await issueClient()
const other = await issueClient()
const below = await issueClient({ issuer: 'issuing-ca' })
const expired = await issueClient({ validity: { from: '-2d', to: '-1d' } })
const early = await issueClient({ validity: { from: '+1d', to: '+2d' } })
const forServers = await issueClient({ usage: 'server', dns: ['localhost'] })
const leafBelow = firstOf(below.certificate)
const servers = { 'api.example': {} }
const key = createPrivateKey(worker.key)
const passphrase = 'a passphrase'
const encrypted = String(
  key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }),
)

const faults: readonly (readonly [
  fault: string,
  options: Readonly<Record<string, unknown>>,
  code: string,
  detail: RegExp,
])[] = [
  [
    'a key of another certificate',
    { key: other.key },
    'ERR_PEERGATE_CLIENT_KEY_INVALID',
    /^key belongs to another certificate/u,
  ],
  [
    'what is no key',
    { key: worker.certificate },
    'ERR_PEERGATE_CLIENT_KEY_INVALID',
    /^OpenSSL refuses key with cert/u,
  ],
  [
    'an encrypted key without its passphrase',
    { key: encrypted },
    'ERR_PEERGATE_CLIENT_KEY_INVALID',
    /needs passphrase$/u,
  ],
  [
    'an expired leaf',
    materialOf(expired),
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    /certificate 1 of cert expired .+; renew it$/u,
  ],
  [
    'a leaf of tomorrow',
    materialOf(early),
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    /is valid from .+; compare the clocks$/u,
  ],
  [
    'the leaf of a server',
    materialOf(forServers),
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    /ask its CA for clientAuth$/u,
  ],
  [
    'a CA in the place of the leaf',
    { cert: clientCa },
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    /must be the leaf of a client: basicConstraints/u,
  ],
  [
    'the wrong order',
    { ...materialOf(below), cert: issuingCa + leafBelow },
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    /certificate 2 of cert did not issue the one before it; the order must be: 2, 1$/u,
  ],
  [
    'a root before its intermediate',
    { ...materialOf(below), cert: leafBelow + clientCa + issuingCa },
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    /the order must be: 1, 3, 2$/u,
  ],
  [
    'a stray certificate',
    { ...materialOf(below), cert: leafBelow + otherCa },
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    /add it, or remove what does not belong to the chain$/u,
  ],
  [
    'a gap below the anchor',
    { ...materialOf(below), cert: leafBelow, clientCa },
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    /no CA of clientCa issued certificate 1 of cert; append the intermediates/u,
  ],
  [
    'a leaf as CA of the servers',
    { serverCas: [serverCa, worker.certificate] },
    'ERR_PEERGATE_SERVER_CA_INVALID',
    /^certificate 1 of serverCas\.1 is not a CA/u,
  ],
  [
    'a file that is not there',
    { cert: './no-such-file.pem' },
    'ERR_PEERGATE_FILE_UNREADABLE',
    /^cert/u,
  ],
  [
    'no server',
    { servers: {} },
    'ERR_PEERGATE_OPTION_INVALID',
    /"servers" must name at least one server/u,
  ],
  [
    'a URL for a server',
    { servers: { 'https://api.example': {} } },
    'ERR_PEERGATE_OPTION_INVALID',
    /host name in lower case/u,
  ],
  [
    'a server in upper case',
    { servers: { 'Api.example': {} } },
    'ERR_PEERGATE_OPTION_INVALID',
    /host name in lower case/u,
  ],
  [
    'a port that is none',
    { servers: { 'api.example:99999': {} } },
    'ERR_PEERGATE_OPTION_INVALID',
    /host name in lower case/u,
  ],
  [
    'a server that is named twice',
    { servers: { 'api.example': { spiffeId: 'spiffe://prod.example/a' }, 'api.example:443': {} } },
    'ERR_PEERGATE_OPTION_INVALID',
    /"servers" names api\.example:443 twice/u,
  ],
  [
    'servers that are a list',
    { servers: ['api.example'] },
    'ERR_PEERGATE_OPTION_INVALID',
    /must be servers by name/u,
  ],
  [
    'a rule that is not known',
    { servers: { 'api.example': { spifeId: 'x' } } },
    'ERR_PEERGATE_OPTION_INVALID',
    /did you mean "spiffeId"\?/u,
  ],
  [
    'a SPIFFE ID that is none',
    { servers: { 'api.example': { spiffeId: 'https://x' } } },
    'ERR_PEERGATE_OPTION_INVALID',
    /must be a SPIFFE ID/u,
  ],
  [
    'a pin that is none',
    { servers: { 'api.example': { pins: ['sha1/x'] } } },
    'ERR_PEERGATE_OPTION_INVALID',
    /44 characters of base64/u,
  ],
  [
    'versions in the wrong order',
    { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' },
    'ERR_PEERGATE_OPTION_INVALID',
    /"minVersion" is newer/u,
  ],
  [
    'the verification of Node',
    { rejectUnauthorized: false },
    'ERR_PEERGATE_OPTION_INVALID',
    /"rejectUnauthorized" is not known/u,
  ],
]

for (const [fault, options, code, detail] of faults) {
  t.test(`refuses ${fault}`, async (t) => {
    try {
      createClientIdentity({ ...materialOf(worker), servers, ...options })
      t.fail('it was taken')
    } catch (error) {
      t.ok(error instanceof PeerGateError)
      t.equal((error as PeerGateError).code, code)
      t.match((error as PeerGateError).detail.replace(/^createClientIdentity: /u, ''), detail)
    }
  })
}

t.test('refuses a CA of the servers that is not valid any more', async (t) => {
  const old = await mintPki({
    authorities: {
      old: {
        purpose: 'Signed servers.',
        subject: 'CN=Old CA',
        validity: { from: '-2d', to: '-1d' },
      },
    },
    leaves: {},
  })
  const serverCas = old.authority('old').certificate
  t.throws(() => createClientIdentity({ ...materialOf(worker), serverCas, servers }), {
    code: 'ERR_PEERGATE_SERVER_CA_INVALID',
  })
})

t.test(
  'takes an encrypted key with its passphrase, and a chain that leads to the anchor',
  async (t) => {
    const identity = createClientIdentity({
      ...materialOf(worker),
      key: encrypted,
      passphrase,
      clientCa,
      servers,
    })
    t.equal(identity.certificate.serialNumber, worker.serialNumber)
    const chained = createClientIdentity({
      ...materialOf(below),
      cert: leafBelow + issuingCa,
      clientCa,
      servers,
    })
    t.equal(chained.certificate.serialNumber, below.serialNumber)
    const whole = {
      ...materialOf(below),
      cert: leafBelow + issuingCa + clientCa,
      clientCa,
      servers,
    }
    t.equal(createClientIdentity(whole).certificate.serialNumber, below.serialNumber)
  },
)

t.test('takes a chain whose anchor is in a file', async (t) => {
  t.throws(
    () =>
      createClientIdentity({
        source: { read: () => materialOf(worker) },
        servers,
        clientCa: './no-such.pem',
      }),
    { code: 'ERR_PEERGATE_FILE_UNREADABLE' },
  )
})

t.test('refuses a source without a method to read, and what a source gives', async (t) => {
  for (const source of [null, {}, { read: 'now' }, { read: () => ({}), watch: 1 }]) {
    t.throws(() => createClientIdentity({ source, servers } as never), {
      code: 'ERR_PEERGATE_OPTION_INVALID',
    })
  }
  t.throws(() => createClientIdentity({ source: { read: () => ({}) as never }, servers }), {
    code: 'ERR_PEERGATE_OPTION_INVALID',
    detail: /^source\.read: option "cert" must/u,
  })
})

t.test('the pin of a server is that of its public key', async (t) => {
  const spki = createPublicKey(pki.leaf('server').certificate).export({
    type: 'spki',
    format: 'der',
  })
  t.match(`sha256/${hash('sha256', spki, 'base64')}`, /^sha256\/.{43}=$/u)
})

function firstOf(chain: string): string {
  return `${chain.split('-----END CERTIFICATE-----')[0]}-----END CERTIFICATE-----\n`
}
