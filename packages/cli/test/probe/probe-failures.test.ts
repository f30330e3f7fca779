import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createProbeSetting } from '../support/probe-setting.js'
import { startServer } from '../support/start-server.js'
import { run, runJson } from '../support/run.js'

const { pki, write, cert, key, asSelf, urlOf, probe } = await createProbeSetting()
const strict = await startServer(pki)

t.test('learns nothing of a server that closes every connection', async (t) => {
  const closing = createTcpServer((socket) => socket.destroy())
  await once(closing.listen(0, '127.0.0.1'), 'listening')
  t.match(await run(probe((closing.address() as AddressInfo).port)), {
    code: 3,
    err: /nothing was learnt of localhost:\d+: the server does not speak this version of TLS/u,
  })
  closing.close()
})

t.test('could not run where the server is not there, or not who it should be', async (t) => {
  const closed = createTcpServer()
  await once(closed.listen(0, '127.0.0.1'), 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  t.match(await run(probe(port)), {
    code: 3,
    out: '',
    err: /^peergate: no TLS server can be reached at localhost:\d+ \(ECONNREFUSED\)/u,
  })
  t.match(await run(['probe', 'https://127.0.0.1/']), { code: 3, err: /127\.0\.0\.1:443/u })
  t.match(await run(['probe', urlOf(strict)]), {
    code: 3,
    err: /does not prove who it is \(\w+\); name its CA by --ca/u,
  })
  t.match(await run(probe(strict, '--servername', 'other.example')), {
    code: 3,
    err: /does not prove who it is \(ERR_TLS_CERT_ALTNAME_INVALID\)/u,
  })
  const plain = createPlainServer()
  await once(plain.listen(0, '127.0.0.1'), 'listening')
  t.match(await run(probe((plain.address() as AddressInfo).port)), {
    code: 3,
    err: /nothing was learnt of localhost:\d+: what answered is not TLS/u,
  })
  plain.close()
})

t.test('trusts no other CA for what the environment says', async (t) => {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.teardown(() => {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
  })
  t.match(await run(['probe', urlOf(strict)]), { code: 3, err: /does not prove who it is/u })
  t.match(await run(['probe', urlOf(strict), '--ca', write('empty.pem', '')]), {
    code: 3,
    err: /--ca: holds no PEM block/u,
  })
})

t.test('takes an answer whose body breaks off for an answer', async (t) => {
  const lax = await startServer(pki, { rejectUnauthorized: false }, ({ socket }, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('secret', () => socket.destroy())
  })
  const { code, report } = await runJson(probe(lax))
  t.equal(code, 1)
  t.match(report, {
    clientCertificates: 'optional',
    findings: [{ code: 'nobody-answered' }, {}, {}],
  })
})

t.test('takes an answer that never ends for an answer', async (t) => {
  const endless = await startServer(pki, {}, (_request, response) => response.write('data: 1\n\n'))
  const { code, report } = await runJson(probe(endless, ...asSelf, '--forge', '--timeout', '1'))
  t.equal(code, 3)
  t.match(report, {
    clientCertificates: 'strict',
    forgedHeaders: { status: 200, effect: 'unknown' },
    findings: [],
  })
})

t.test('does not take an application that closes for a server that refuses', async (t) => {
  const lax = await startServer(pki, { rejectUnauthorized: false }, ({ socket }) =>
    socket.destroy(),
  )
  const { code, report } = await runJson(probe(lax))
  t.match(report, { clientCertificates: 'unknown', findings: [] })
  t.equal(code, 3)
  const halting = await startServer(pki, { rejectUnauthorized: false }, ({ socket }) => {
    socket.write('HTTP/1.1 2', () => socket.destroy())
  })
  t.match(await run(probe(halting)), { code: 3, err: /an answer began, and broke off/u })
})

t.test('knows nothing of a server that hangs, and says so', async (t) => {
  const hanging = await startServer(pki, {}, () => undefined)
  const { report } = await runJson(probe(hanging, ...asSelf, '--timeout', '1'))
  const { attempts } = report as { readonly attempts: readonly Record<string, unknown>[] }
  t.match(
    attempts.filter(({ client }) => client === 'own'),
    [
      {
        outcome: 'failed',
        layer: 'network',
        code: 'ABORT_ERR',
        remedy: 'state a longer --timeout',
      },
      { outcome: 'failed' },
    ],
  )
  const speechless = await startServer(pki, {}, ({ socket }) => socket.end('220 hello\r\n'))
  const { report: other } = await runJson(probe(speechless, ...asSelf))
  t.match((other as { readonly attempts: readonly object[] }).attempts.at(-1), {
    outcome: 'failed',
    code: /^HPE_/u,
    cause: 'what answered is not HTTP/1.1',
  })
})

t.test('refuses what it was given wrong', async (t) => {
  const mismatched = await pki.client('mismatched-key')
  const foreign = write('foreign-key.pem', String(mismatched.key))
  for (const [parameters, fault] of [
    [['probe', 'http://localhost/'], 'the URL must be of the form https://host:port/path'],
    [['probe', 'localhost'], 'the URL must be of the form'],
    [probe(strict, '--method', 'POST'), '--method must be GET or HEAD'],
    [['probe', urlOf(strict), '--ca', key], '--ca must hold certificates'],
    [probe(strict, '--timeout', 'long'), '--timeout must be a number of seconds'],
    [probe(strict, '--forge-header', 'X-Own'), '--forge-header must be of the form'],
    [probe(strict, '--cert', cert), '--cert and --key must be given together'],
    [probe(strict, '--key', key), '--cert and --key must be given together'],
    [probe(strict, '--cert', cert, '--key', foreign), '--key must be the private key'],
    [probe(strict, '--cert', key, '--key', key), '--cert must be a certificate and --key'],
  ] as const) {
    const { code, out, err } = await run(parameters)
    t.equal(code, 2, fault)
    t.equal(out, '')
    t.match(err, fault)
  }
  t.match(await run(probe(strict, '--cert', 'nowhere.pem', '--key', key)), {
    code: 3,
    err: /--cert: "nowhere.pem" could not be read/u,
  })
})
