import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { rootCertificates } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { createTlsGate } from '@peergate/core'
import { mintPki } from '@peergate/testkit'
import t from 'tap'
import { createProbeSetting } from '../support/probe-setting.js'
import { listen, startServer } from '../support/start-server.js'
import { run, runJson } from '../support/run.js'

const { pki, write, asSelf, probe } = await createProbeSetting()
const strict = await startServer(pki)
const optional = await startServer(pki, { rejectUnauthorized: false })
const off = await startServer(pki, { requestCert: false })
const old = await startServer(pki, { maxVersion: 'TLSv1.2' })
const other = await mintPki({
  authorities: { ca: { purpose: 'Is of somebody else.', subject: 'CN=Other CA,O=Example' } },
  leaves: {},
})
const wrongCa = await startServer(pki, { ca: other.authority('ca').certificate })
const publicRoots = await startServer(pki, { ca: [...rootCertificates] })
const tls = createTlsGate({ server: pki.server, clientCas: pki.clientCas })
const gated = createServer(tls.serverOptions, (_request, response) => response.end('hello'))
tls.attach(gated)
const peergate = await listen(gated)
const denying = await startServer(pki, { rejectUnauthorized: false }, deny)
const naive = await startServer(pki, { rejectUnauthorized: false }, believe)
const echoing = await startServer(pki, {}, (request, response) => {
  response.end(request.headers['x-ssl-client-cert'] === undefined ? 'you' : 'another')
})
const fragile = await startServer(pki, {}, (request, response) => {
  if (request.headers['x-ssl-client-cert'] === undefined) response.end('hello')
  else request.socket.destroy()
})
const wary = await startServer(pki, {}, (request, response) => {
  response.writeHead(request.headers['x-ssl-client-cert'] === undefined ? 200 : 400).end('hello')
})
const restless = await startServer(pki, {}, (_request, response) =>
  response.end(String(Math.random())),
)
const likeNginx = await startServer(pki, { rejectUnauthorized: false }, answerAsNginx)

function deny({ socket }: IncomingMessage, response: ServerResponse): void {
  const { authorized } = socket as TLSSocket
  const status = authorized ? 403 : 401
  response.writeHead(status).end('{"code":"ERR_PEERGATE_CERTIFICATE_MISSING"}')
}

function believe({ socket, headers }: IncomingMessage, response: ServerResponse): void {
  const isKnown = (socket as TLSSocket).authorized || headers['x-ssl-client-verify'] === 'SUCCESS'
  response.writeHead(isKnown ? 200 : 401).end()
}

/** As nginx answers where it demands certificates. */
function answerAsNginx({ socket }: IncomingMessage, response: ServerResponse): void {
  const { authorized, authorizationError } = socket as TLSSocket
  if (authorized) return void response.end('hello')
  const isMissing = String(authorizationError) === 'UNABLE_TO_GET_ISSUER_CERT'
  const text = isMissing ? 'No required SSL certificate was sent' : 'The SSL certificate error'
  response.writeHead(400).end(`<center>${text}</center>`)
}

/** What is expected of each server, and what it is told apart by. */
const expectations: readonly (readonly [string, number, object])[] = [
  [
    'strict',
    strict,
    {
      clientCertificates: 'strict',
      refusesBy: 'tls',
      clientCas: ['CN=Test Client CA'],
      findings: [],
    },
  ],
  [
    'optional',
    optional,
    {
      clientCertificates: 'optional',
      refusesBy: null,
      findings: [
        { code: 'nobody-answered' },
        { code: 'stranger-answered' },
        { code: 'rogue-answered' },
      ],
    },
  ],
  [
    'off',
    off,
    {
      clientCertificates: 'off',
      refusesBy: null,
      clientCas: [],
      findings: [{ code: 'certificates-not-requested' }],
    },
  ],
  ['TLS 1.2 alone', old, { clientCertificates: 'strict', versions: ['TLSv1.2'], findings: [] }],
  [
    'another CA',
    wrongCa,
    {
      clientCertificates: 'strict',
      clientCas: ['CN=Other CA,O=Example'],
      findings: [
        {
          code: 'own-refused',
          what: /of its issuers the server names none: CN=Test Client CA$/u,
          remedy: /use a certificate of a CA that the server names/u,
        },
      ],
    },
  ],
  ['public roots', publicRoots, { findings: [{ code: 'public-roots' }, { code: 'own-refused' }] }],
  [
    'Peergate',
    peergate,
    { clientCertificates: 'strict', versions: ['TLSv1.3'], refusesBy: 'tls', findings: [] },
  ],
  ['an application that denies', denying, { clientCertificates: 'optional', findings: [] }],
  [
    'a server that believes headers',
    naive,
    {
      forgedHeaders: { client: 'nobody', status: 401, forgedStatus: 200, effect: 'changed' },
      findings: [{ code: 'forged-headers-change-answer' }],
    },
  ],
  [
    'a server that names another for headers',
    echoing,
    {
      forgedHeaders: { client: 'own', status: 200, forgedStatus: 200, effect: 'changed' },
      findings: [{ code: 'forged-headers-change-answer' }],
    },
  ],
  [
    'a server that turns headers down',
    wary,
    { forgedHeaders: { status: 200, forgedStatus: 400, effect: 'refused' }, findings: [] },
  ],
  [
    'a server that breaks off at headers',
    fragile,
    { forgedHeaders: { forgedStatus: null, effect: 'unknown' }, findings: [] },
  ],
  [
    'a server whose answers differ by themselves',
    restless,
    {
      forgedHeaders: { effect: 'unknown' },
      open: ['whether forged headers are believed'],
      findings: [],
    },
  ],
  [
    'a page behind the handshake',
    likeNginx,
    { clientCertificates: 'strict', refusesBy: 'http', findings: [] },
  ],
]

for (const [name, port, expected] of expectations) {
  t.test(`tells a server apart: ${name}`, async (t) => {
    const { code, report } = await runJson(probe(port, ...asSelf, '--forge'))
    t.match(report, expected)
    const { findings } = report as { readonly findings: readonly unknown[] }
    const { open } = report as { readonly open: readonly string[] }
    const without = open.length === 0 ? 0 : 3
    t.equal(code, findings.length === 0 ? without : 1)
    t.equal(findings.length, (expected as { findings: readonly unknown[] }).findings.length)
  })
}

t.test('says of each client where it ended, and why', async (t) => {
  const { report } = await runJson(probe(strict, ...asSelf))
  const { attempts } = report as { readonly attempts: readonly Record<string, unknown>[] }
  const of = (client: string, version: string) =>
    attempts.find((each) => each['client'] === client && each['version'] === version)
  t.match(of('nobody', 'TLSv1.2'), {
    outcome: 'refused',
    layer: 'tls',
    code: String,
    cause: 'the server demands a certificate',
    remedy: null,
  })
  t.match(of('nobody', 'TLSv1.3'), {
    code: 'certificate_required',
    cause: 'the server demands a certificate',
  })
  for (const client of ['stranger', 'rogue']) {
    t.match(of(client, 'TLSv1.3'), { outcome: 'refused', layer: 'tls', status: null, remedy: null })
  }
  t.match(of('own', 'TLSv1.3'), { outcome: 'answered', layer: null, status: 200, cause: null })
})

t.test('resumes sessions, and says what that admits', async (t) => {
  const { report } = await runJson(probe(strict, ...asSelf))
  t.match(report, {
    resumption: [
      { version: 'TLSv1.2', client: 'own', offered: true, resumed: true, status: 200 },
      { version: 'TLSv1.3', client: 'own', offered: true, resumed: true, status: 200 },
    ],
  })
  const without = await startServer(pki, { secureOptions: 0x4000, maxVersion: 'TLSv1.2' })
  const none = await runJson(probe(without, ...asSelf))
  t.match(none.report, { resumption: [{ version: 'TLSv1.2', resumed: false }] })
})

t.test('does without a certificate of the caller', async (t) => {
  const { code, report } = await runJson(probe(strict))
  t.equal(code, 0)
  t.match(report, { clientCertificates: 'strict', resumption: [], forgedHeaders: null })
  const { attempts } = report as { readonly attempts: readonly { readonly client: string }[] }
  t.strictSame([...new Set(attempts.map(({ client }) => client))], ['nobody', 'stranger', 'rogue'])
  const { out } = await run(probe(strict))
  t.match(out, 'Nothing was found. Give --cert and --key to see whether you are let in.')
})

t.test('forges the headers that it is told to, beside the usual ones', async (t) => {
  const port = await startServer(pki, {}, ({ headers }, response) => {
    response.end(`${String(headers['x-own'])} ${String(headers['x-client-cert']).length > 9}`)
  })
  const { report } = await runJson(probe(port, ...asSelf, '--forge-header', 'X-Own: admin'))
  t.match(report, { forgedHeaders: { effect: 'changed' } })
})

t.test('asks by HEAD', async (t) => {
  const port = await startServer(pki, {}, ({ method }, response) =>
    response.writeHead(method === 'HEAD' ? 204 : 500).end(),
  )
  const { report } = await runJson(probe(port, ...asSelf, '--method', 'HEAD'))
  t.match(report, { resumption: [{ status: 204 }, { status: 204 }] })
})

t.test('asks an address without a name', async (t) => {
  const byAddress = probe(strict, ...asSelf).with(1, `https://127.0.0.1:${strict}/`)
  const { code, out } = await run(byAddress)
  t.equal(code, 0, out)
})

t.test('makes up a rogue in every name of the caller', async (t) => {
  const like = await pki.issueClient({
    subject: 'CN=worker',
    keys: 'rsa-2048',
    dns: ['worker.example'],
    ip: ['192.0.2.1'],
    email: ['worker@example.com'],
    upn: ['worker@example.com'],
  })
  const seen = new Map<string, number>()
  const port = await startServer(pki, { rejectUnauthorized: false }, ({ socket }, response) => {
    const { subjectaltname = 'nobody', bits = 0 } = (socket as TLSSocket).getPeerCertificate()
    seen.set(subjectaltname, bits)
    response.writeHead(401).end()
  })
  const self = ['--cert', write('like.pem', String(like.certificate))]
  await run(probe(port, ...self, '--key', write('like-key.pem', String(like.key))))
  t.equal(seen.size, 2)
  for (const name of [
    'DNS:worker.example',
    'IP Address:192.0.2.1',
    'URI:spiffe://test.example/client',
    'email:worker@example.com',
  ]) {
    t.ok(
      [...seen.keys()].some((names) => names.includes(name)),
      name,
    )
  }
  t.ok([...seen.values()].every((bits) => bits === 2048 || bits === 0))
})

t.test(
  'makes up no rogue where no name of a CA is known, or none that can be written',
  async (t) => {
    const nameless = await startServer(pki, { ca: undefined, rejectUnauthorized: false }, deny)
    const odd = rootCertificates.find((pem) =>
      new X509Certificate(pem).subject.includes('organizationIdentifier'),
    )
    const oddly = await startServer(pki, { ca: String(odd), rejectUnauthorized: false }, deny)
    for (const port of [nameless, oddly]) {
      const { report } = await runJson(probe(port, '--forge'))
      const { attempts } = report as { readonly attempts: readonly { readonly client: string }[] }
      t.notOk(attempts.some(({ client }) => client === 'rogue'))
      t.match(report, { clientCertificates: 'optional', forgedHeaders: { effect: 'unchanged' } })
    }
    const refusing = await startServer(pki, { ca: undefined })
    const { report } = await runJson(probe(refusing, ...asSelf))
    t.match(report, {
      clientCas: [],
      findings: [
        {
          code: 'own-refused',
          what: /^your own certificate is refused: the server closed the connection without a word, as many do that refuse a certificate$/u,
        },
      ],
    })
  },
)

t.test('says that it does not know where the handshake cannot be traced', async (t) => {
  const { execPath } = process
  t.teardown(() => (process.execPath = execPath))
  process.execPath = '/usr/bin/true'
  const { code, report } = await runJson(probe(strict, ...asSelf))
  t.match(report, {
    clientCertificates: 'strict',
    clientCas: null,
    publicRoots: null,
    findings: [],
  })
  t.equal(code, 0)
  const lax = await runJson(probe(optional))
  t.match(lax.report, {
    clientCertificates: 'unknown',
    findings: [{ code: 'nobody-answered' }, {}],
  })
})

t.test('sees no certificate of a server that refuses everybody over TLS 1.2', async (t) => {
  const { code, report } = await runJson(probe(old))
  t.match(report, { server: null, versions: ['TLSv1.2'] })
  t.equal(code, 3)
  t.match((await run(probe(old))).out, /server +not seen/u)
})

t.test('learns nothing of a server that speaks neither version', async (t) => {
  const port = await startServer(pki, {
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  })
  t.match(await run(probe(port)), {
    code: 3,
    err: /nothing was learnt of localhost:\d+: the server does not speak this version of TLS; probe/u,
  })
})

t.test('compares the beginning of a long answer', async (t) => {
  const long = await startServer(pki, {}, (_request, response) => response.end('x'.repeat(200_000)))
  const { report } = await runJson(probe(long, ...asSelf, '--forge'))
  t.match(report, { forgedHeaders: { client: 'own', effect: 'unchanged' }, findings: [] })
})

t.test('does not take what it could not find out for what holds', async (t) => {
  const port = await startServer(pki, { rejectUnauthorized: false }, ({ socket }, response) => {
    if ((socket as TLSSocket).authorized) response.end('hello')
  })
  const { code, report } = await runJson(probe(port, ...asSelf, '--timeout', '1'))
  t.match(report, { clientCertificates: 'unknown', findings: [] })
  t.equal(code, 3)
})

t.test('shows what goes on, and takes it away again', async (t) => {
  const { err } = await run(probe(strict), { showsProgress: true, hasColors: true })
  t.match(err, '\r\u001B[Kconnecting as everybody')
  t.ok(err.endsWith('\r\u001B[K'))
})
