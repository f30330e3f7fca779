import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestPki } from '@peergate/testkit'
import type { ClientKind } from '@peergate/testkit'
import t from 'tap'
import { issueOdd } from './support/issue-odd.js'
import { run, runJson } from './support/run.js'

const pki = await createTestPki({
  identity: {
    subject: 'CN=api,O=Example',
    uri: ['spiffe://prod.example/api'],
    dns: ['api.example'],
    ip: ['192.0.2.1', '2001:db8::1'],
    email: ['api@example.com'],
    upn: ['api@example.com'],
  },
})
const folder = t.testdir({})
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const pemOf = async (kind: ClientKind) => String((await pki.client(kind)).certificate)
const accepted = await pemOf('accepted')
const anchor = pki.clientCas.clients.anchors
const intermediate = pki.pki.authority('client-intermediate').certificate
const issuing = pki.pki.authority('client-issuing').certificate
const deep = await pki.pki.issue({
  issuer: 'client-issuing',
  subject: 'CN=deep',
  usage: 'client',
  uri: ['spiffe://prod.example/deep'],
  chain: false,
})
const byAddress = await pki.pki.issue({
  issuer: 'client-ca',
  subject: 'CN=address',
  usage: 'both',
  ip: ['192.0.2.1'],
  chain: false,
})
const { revocation } = pki.clientCas.clients
const [list = ''] = (revocation as { readonly lists: readonly string[] }).lists
const stale = await pki.pki.revocationList({
  issuer: 'client-ca',
  serialNumbers: [],
  thisUpdate: '-2d',
  nextUpdate: '-1d',
})
const early = await pki.pki.revocationList({
  issuer: 'client-ca',
  serialNumbers: [],
  thisUpdate: '+1d',
  nextUpdate: '+2d',
})

t.test('says what a client certificate is, where it fits and whom it names', async (t) => {
  const { code, report } = await runJson(['inspect', write('client.pem', accepted)])
  t.equal(code, 0)
  t.match(report, [
    {
      holds: 'certificate',
      problems: [],
      items: [
        {
          type: 'certificate',
          subject: 'CN=api,O=Example',
          issuer: 'CN=Test Client CA',
          key: 'EC, 256 bits',
          roles: ['client'],
          problems: [],
          identities: [
            { rule: 'spiffe', identity: 'spiffe://prod.example/api' },
            { rule: 'uri', identity: 'spiffe://prod.example/api' },
            { rule: 'dns', identity: 'api.example' },
            { rule: 'ip', identity: null, refusal: { code: 'ERR_PEERGATE_IDENTITY_AMBIGUOUS' } },
            { rule: 'email', identity: 'api@example.com' },
            { rule: 'upn', identity: 'api@example.com' },
            { rule: 'commonName', identity: 'api' },
          ],
        },
      ],
    },
  ])
  const [{ items = [] } = {}] = report as readonly {
    items?: readonly { names: readonly string[] }[]
  }[]
  t.strictSame(items[0]?.names.toSorted(), [
    'DNS api.example',
    'IP 192.0.2.1',
    'IP 2001:db8:0:0:0:0:0:1',
    'UPN api@example.com',
    'URI spiffe://prod.example/api',
    'e-mail api@example.com',
  ])
})

const table: readonly (readonly [string, string | Uint8Array, string, object])[] = [
  ['a server', pki.server.cert, 'certificate', [{ roles: ['server'], problems: [] }]],
  ['a server by address', byAddress.certificate, 'certificate', [{ roles: ['client', 'server'] }]],
  ['an anchor', anchor, 'certificate', [{ roles: ['trust anchor'], identities: [] }]],
  ['an intermediate', intermediate, 'certificate', [{ roles: ['intermediate'] }]],
  ['CAs', anchor + intermediate, 'authorities', [{}, {}]],
  ['a private key', pki.server.key, 'private key', [{ type: 'private key', label: 'PRIVATE KEY' }]],
  ['a revocation list', list, 'revocation lists', [{ type: 'revocation list', revoked: 1 }]],
  ['DER', new X509Certificate(accepted).raw, 'certificate', [{ roles: ['client'] }]],
  [
    'a list in DER',
    Buffer.from(list.replaceAll(/-----.*-----|\s/gu, ''), 'base64'),
    'revocation lists',
    [{ revoked: 1 }],
  ],
  ['a certificate and its key', pki.server.cert + pki.server.key, 'mixture', [{}, {}]],
  ['a chain', deep.certificate + issuing + intermediate, 'chain', [{}, {}, {}]],
]

for (const [name, content, holds, items] of table) {
  t.test(`knows ${name}`, async (t) => {
    const { code, report } = await runJson(['inspect', write('file', content)])
    t.match(report, [{ holds, items, problems: [] }])
    t.equal(code, 0)
  })
}

const faulty: readonly (readonly [string, string, RegExp])[] = [
  ['expired', await pemOf('expired'), /it has expired; renew it/u],
  ['not valid yet', await pemOf('not-yet-valid'), /it is not valid yet; wait/u],
  ['weak', await pemOf('weak-key'), /its key is weak: RSA key of 1024 bits/u],
  ['a CA as a client', await pemOf('ca-as-client'), /it is a CA that has the names of a peer/u],
  ['too large', await pemOf('oversize'), /it cannot be read: \d+ bytes; at most/u],
  ['two leaves', accepted + pki.server.cert, /it holds 2 certificates that are no CAs/u],
  ['a leaf behind its CA', anchor + accepted, /its leaf does not stand first/u],
  [
    'out of order',
    deep.certificate + intermediate + issuing,
    /the issuer of certificate 1 is certificate 3/u,
  ],
  ['a gap', deep.certificate + intermediate, /the issuer of certificate 1 is missing/u],
  ['a stale list', stale.pem, /it is stale; fetch/u],
  ['an early list', early.pem, /it is not in force yet/u],
  ['a request', pki.server.key.replaceAll('PRIVATE KEY', 'CERTIFICATE REQUEST'), /let a CA issue/u],
  [
    'parameters',
    pki.server.key.replaceAll('PRIVATE KEY', 'DH PARAMETERS'),
    /was not looked at; take it out/u,
  ],
  [
    'a broken key',
    pki.server.key.replace(/\n[^-]+\n/u, '\nAAAA\n'),
    /it cannot be read; write it/u,
  ],
  ['no PEM', 'hello', /holds no PEM block/u],
  ['half a PEM', accepted.slice(0, 200), /without END/u],
  ['PEM of nothing', accepted.replaceAll(/\nM.*\n/gu, '\nMAAA\n'), /it cannot be read/u],
]

for (const [name, content, problem] of faulty) {
  t.test(`finds what is wrong: ${name}`, async (t) => {
    const { code, out } = await run(['inspect', write('faulty.pem', content)], { columns: 400 })
    t.equal(code, 1)
    t.match(out, problem)
  })
}

t.test('finds certificates that fit nowhere, and CAs that cannot sign', async (t) => {
  for (const [odd, problem] of [
    [{ purposes: ['1.3.6.1.5.5.7.3.8'] }, /it is for neither clients nor servers/u],
    [{ purposes: ['1.3.6.1.5.5.7.3.1'] }, /it is for neither clients nor servers/u],
    [{ hosts: ['localhost'], ca: true, signs: true }, /it is a CA that has the names of a peer/u],
    [
      { ca: true, signs: true, names: ['spiffe://prod.example/a'] },
      /it is a CA that has the names/u,
    ],
    [
      { enciphers: true, purposes: ['1.3.6.1.5.5.7.3.2'] },
      /it is for neither clients nor servers/u,
    ],
    [{ signs: true }, /it may sign certificates and is no CA/u],
    [{ ca: true, signs: false }, /it is a CA that may not sign certificates/u],
  ] as const) {
    const file = write('odd.pem', await issueOdd(odd))
    const { code, out } = await run(['inspect', file], { columns: 400 })
    t.match(out, problem)
    t.equal(code, 1)
  }
  const encrypted = pki.server.key.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY')
  t.match(await run(['inspect', write('odd.pem', encrypted)]), { code: 0, out: /private key/u })
  const enciphering = { enciphers: true, hosts: ['localhost'] }
  t.match(
    (await run(['inspect', write('odd.pem', await issueOdd(enciphering))])).out,
    /fits as +server\n/u,
  )
  const signing = { ca: true, signs: true, hosts: ['a.example'], purposes: ['1.3.6.1.5.5.7.3.3'] }
  t.match(await run(['inspect', write('odd.pem', await issueOdd(signing))]), { code: 0 })
  const edwards = await run(['inspect', write('odd.pem', await issueOdd({ edwards: true }))])
  t.match(edwards.out, /key +Ed25519\n/u)
  const empty = await run(['inspect', write('odd.pem', await issueOdd({ subject: '' }))])
  t.match(empty.out, /subject +empty/u)
})

t.test('writes what it found as people read it', async (t) => {
  const { out } = await run(['inspect', write('a.pem', deep.certificate), write('b.pem', list)])
  t.match(out, /a\.pem: certificate\ncertificate\n  subject +CN=deep\n/u)
  t.match(out, /\n  as spiffe +spiffe:\/\/prod\.example\/deep\n/u)
  t.match(out, /\n  no identity +dns, ip, email, upn\n/u)
  t.match(out, /b\.pem: revocation lists\nrevocation list\n  issuer +CN=Test Client CA\n/u)
  t.match(out, /\n  revokes +1 certificate\n$/u)
  const { out: both } = await run(['inspect', write('c.pem', anchor + stale.pem)])
  t.match(both, /c\.pem: mixture, 2 blocks\n1\. certificate\n/u)
  t.match(both, /\n  names +none\n  fits as +trust anchor\n2\. revocation list\n/u)
  t.match(both, /\n  revokes +0 certificates\n  problem it is stale/u)
  const { out: key } = await run(['inspect', write('d.pem', pki.server.key)])
  t.match(key, /d\.pem: private key\nprivate key \(PRIVATE KEY\)\n$/u)
  const nobody = await run(['inspect', write('e.pem', await pemOf('hostile-names'))])
  t.notMatch(nobody.out, '\0')
})

t.test('says of a certificate that OpenSSL cannot read that it cannot', async (t) => {
  const { raw } = new X509Certificate(accepted)
  // The issuer’s common name, as a string type that names cannot be of.
  const at = raw.indexOf(Buffer.from('Test Client CA')) - 2
  const broken = Buffer.from(raw)
  broken[at] = 0x04
  const { code, out } = await run(['inspect', write('broken.der', broken)], { columns: 200 })
  t.equal(code, 1)
  t.match(out, /it cannot be read: OpenSSL cannot read it/u)
})

t.test('could not run with a file that is larger than any of these', async (t) => {
  const { code, err } = await run(['inspect', write('large.pem', 'x'.repeat(2 ** 20 + 1))])
  t.equal(code, 3)
  t.match(err, /large\.pem has 1048577 bytes; at most 1048576 are read/u)
})

t.test('could not run without the file', async (t) => {
  t.match(await run(['inspect', join(folder, 'nowhere.pem')]), {
    code: 3,
    err: /nowhere\.pem could not be read \(ENOENT\)/u,
  })
  t.match(await run(['inspect']), { code: 2, err: /missing required argument 'file'/u })
})
