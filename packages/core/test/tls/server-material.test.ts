import { createPrivateKey, randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createTlsGate } from '@peergate/core'
import type { PeerGateError, TlsGateOptions } from '@peergate/core'
import { mintPki } from '@peergate/testkit'
import t from 'tap'
import { faultOf } from '../support/fault-of.js'
import { ask, listen } from '../support/tls-connection.js'
import { createGatedServer, createTlsSetting } from '../support/tls-setting.js'

const { options, createGate, issueClient } = await createTlsSetting()
const root = 'server-ca'
const dns = ['localhost']
const server = {
  purpose: 'A server.',
  issuer: root,
  subject: 'CN=localhost',
  usage: 'server',
  dns,
} as const
const pki = await mintPki({
  authorities: {
    [root]: { purpose: 'Signs servers.', subject: 'CN=Server CA', keys: 'rsa-2048' },
    intermediate: { purpose: 'Signs servers.', subject: 'CN=Intermediate', issuer: root },
    rogue: {
      purpose: 'Bears the name of another.',
      subject: 'CN=Intermediate',
      issuer: root,
      keyIdentifierOf: 'intermediate',
    },
  },
  leaves: {
    server,
    chained: { ...server, issuer: 'intermediate' },
    ca: { ...server, ca: true },
    client: { ...server, usage: 'client' },
    anything: { ...server, usage: 'none' },
    weak: { ...server, keys: 'rsa-1024' },
  },
})
const { certificate: cert, key } = pki.leaf('server')
const passphrase = randomBytes(12).toString('hex')
const encryptedKey = createPrivateKey(key)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
  .toString()

const chainedCert = pki.leaf('chained').certificate
const optionFault = 'ERR_PEERGATE_OPTION_INVALID'

function credentialsOf(role: string): { readonly cert: string; readonly key: string } {
  const { certificate, key: ownKey } = pki.leaf(role)
  return { cert: certificate, key: ownKey }
}

function faultOfServer(own: unknown): PeerGateError | null {
  return faultOf(() => createTlsGate({ ...options, server: own } as unknown as TlsGateOptions))
}

t.test('refuses what would only fail at the first handshake', (t) => {
  const certFault = 'ERR_PEERGATE_SERVER_CERTIFICATE_INVALID'
  const keyFault = 'ERR_PEERGATE_SERVER_KEY_INVALID'
  const unusable =
    /^OpenSSL refuses server\.key with server\.cert \(ERR_[A-Z_]+\); the key must be in PEM, and an encrypted one needs server\.passphrase$/u
  const chained = credentialsOf('chained')
  const intermediate = pki.authority('intermediate').certificate
  const rogue = pki.authority('rogue').certificate
  const first = 'certificate 1 of server.cert'
  const unfit = `${first} must be the leaf of a server`
  const unchained =
    'certificate 2 of server.cert did not issue the one before it; reorder the chain'
  for (const [name, own, code, detail] of [
    [
      'a key',
      { cert: key, key },
      certFault,
      `${first}: a PRIVATE KEY is no certificate; remove it`,
    ],
    [
      'a CA',
      credentialsOf('ca'),
      certFault,
      `${unfit}: basicConstraints has cA set; use a certificate of its own and not that of a CA`,
    ],
    [
      'a chain upside down',
      { cert: intermediate + cert, key },
      certFault,
      `${unfit}: basicConstraints has cA set; use a certificate of its own and not that of a CA`,
    ],
    [
      'a client',
      credentialsOf('client'),
      certFault,
      `${first} was not issued for servers (extendedKeyUsage)`,
    ],
    [
      'a weak key',
      credentialsOf('weak'),
      certFault,
      `${unfit}: RSA key of 1024 bits; at least 2048 are required`,
    ],
    ['a foreign intermediate', { cert: cert + intermediate, key }, certFault, unchained],
    [
      'a rogue intermediate',
      { cert: chained.cert.replace(intermediate, rogue), key: chained.key },
      certFault,
      unchained,
    ],
    [
      'a key of another certificate',
      { cert, key: chained.key },
      keyFault,
      'server.key belongs to another certificate than the leaf of server.cert',
    ],
    ['a certificate for a key', { cert, key: cert }, keyFault, unusable],
    ['bytes that are no PEM', { cert, key: Buffer.from('key') }, keyFault, unusable],
    ['a missing passphrase', { cert, key: encryptedKey }, keyFault, unusable],
    ['a wrong passphrase', { cert, key: encryptedKey, passphrase: 'wrong' }, keyFault, unusable],
    [
      'no bytes',
      { cert: new Uint8Array(), key },
      'ERR_PEERGATE_PEM_INVALID',
      'server.cert: holds no PEM block',
    ],
    [
      'a missing file',
      { cert, key: '/no/such/key.pem' },
      'ERR_PEERGATE_FILE_UNREADABLE',
      'server.key: "/no/such/key.pem" could not be read (ENOENT)',
    ],
  ] as const) {
    const fault = faultOfServer(own)
    t.equal(fault?.code, code, name)
    if (typeof detail === 'string') t.equal(fault?.detail, detail, name)
    else t.match(fault?.detail, detail, name)
  }
  t.end()
})

t.test('refuses options that are missing, misspelt or of another type', (t) => {
  const material = 'must be the path of a file, PEM text, or bytes of PEM'
  for (const [own, detail] of [
    [undefined, 'option "server" is missing or undefined'],
    [cert, 'option "server" must be of the type object'],
    [{ cert }, `option "server.key" ${material}`],
    [{ key }, `option "server.cert" ${material}`],
    [{ cert: '', key }, `option "server.cert" ${material}`],
    [{ cert: [cert], key }, `option "server.cert" ${material}`],
    [{ cert, key, passphrase: 42 }, 'option "server.passphrase" must be of the type string'],
    [
      { cert, key, passfrase: 'x' },
      'option "server.passfrase" is not known; did you mean "passphrase"?',
    ],
  ] as const) {
    const fault = faultOfServer(own)
    t.strictSame([fault?.code, fault?.detail], [optionFault, `createTlsGate: ${detail}`])
  }
  t.end()
})

t.test('says nothing of a passphrase or of a key in any error', (t) => {
  const base64 = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' }).toString('base64')
  for (const own of [
    { cert, key: encryptedKey, passphrase: `${passphrase}!` },
    { cert: chainedCert, key: encryptedKey, passphrase },
    { cert, key: base64 },
    { cert, key: key.replaceAll('\n', '\\n') },
    { cert: key, key: cert },
  ]) {
    const fault = faultOfServer(own)
    const seen = inspect(fault, { depth: null, showHidden: true }) + JSON.stringify(fault)
    t.ok(fault)
    t.notOk(seen.includes(passphrase))
    t.notOk(seen.includes(base64.slice(8, 48)))
  }
  t.end()
})

t.test('serves with what it loaded, whatever form it came in', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'peergate-'))
  const path = join(directory, 'server.pem')
  writeFileSync(path, chainedCert)
  const client = await issueClient()
  for (const [name, own] of [
    ['bytes', { cert: Buffer.from(cert), key: new Uint8Array(Buffer.from(key)) }],
    ['a file with an intermediate', { cert: path, key: pki.leaf('chained').key }],
    ['an encrypted key', { cert, key: encryptedKey, passphrase }],
    ['no passphrase', { cert, key, passphrase: undefined }],
    ['a leaf for anything', credentialsOf('anything')],
  ] as const) {
    const port = await listen(t, createGatedServer(createGate({ server: own }).tls))
    const trusted = { ...client, ca: pki.authority(root).certificate }
    t.equal(await ask({ port, ...trusted }), 'tls payments', name)
  }
})
