import { once } from 'node:events'
import { createServer as createBackend, request as requestHttp } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { createTestPki, proxyConformance } from '@peergate/testkit'
import type { ConformanceResult, ProxyConformanceTarget } from '@peergate/testkit'
import t from 'tap'

const pki = await createTestPki()
const certificateHeader = 'X-Client-Cert'
const verifyHeader = 'X-Client-Verify'
const headers = [certificateHeader, verifyHeader]

/** How a proxy forwards. */
interface Forwarding {
  /** Whether who does not verify gets past the handshake. */
  readonly isOptional?: boolean
  /** Whether a header that the proxy sets replaces that of the client; added to it else. */
  readonly replaces?: boolean
  /** Which headers of the client are passed on. */
  readonly passes?: (name: string) => boolean
  /** Whether it writes its own value behind that of the client, in one line. */
  readonly joins?: boolean
  /** Whom it answers itself. */
  readonly turnsDown?: (request: IncomingMessage) => boolean
  /** What its headers are called, by what they are called else. */
  readonly renamed?: Readonly<Record<string, string>>
  /** Whom it answers as the backend answered another. */
  readonly caches?: (request: IncomingMessage) => boolean
  /** Whom it never answers. */
  readonly hangs?: (request: IncomingMessage) => boolean
  /** Where nothing is set. */
  readonly bare?: (request: IncomingMessage) => boolean
}

const folded = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/gu, '-')
const reserved = new Set(headers.map(folded))
const isPassed = (name: string) => !reserved.has(folded(name))

const isPassedOn = (name: string) => isPassed(name) && folded(name) !== 'connection'
const isPassedOrLegacy = (name: string) => isPassed(name) || name.toLowerCase() === 'x-legacy-cert'
const isUnverified = ({ socket }: IncomingMessage) => !(socket as TLSSocket).authorized
const isApi = ({ url }: IncomingMessage) => url === '/api'
const isTakenAway = ({ headers: sent }: IncomingMessage) =>
  sent.connection?.includes('X-Client-Cert') === true
const lacksEverything = ({ socket, headers: sent }: IncomingMessage) =>
  !(socket as TLSSocket).authorized && sent['x-client-verify'] === undefined

/** A value behind that of the client. */
function joined({ headers: sent }: IncomingMessage, name: string, value: string) {
  const before = sent[name.toLowerCase()]
  return [name, before === undefined ? value : `${String(before)},${value}`] as const
}

/** A proxy as teams write it, and a backend that believes it. */
async function withProxy<Value>(
  {
    joins = false,
    renamed = {},
    hangs = () => false,
    caches = () => false,
    turnsDown = () => false,
    isOptional = false,
    replaces = true,
    passes = isPassed,
    bare = () => false,
  }: Forwarding,
  use: (
    target: Pick<ProxyConformanceTarget, 'backend' | 'headers' | 'pki' | 'port'>,
  ) => Promise<Value>,
): Promise<Value> {
  const backend = createBackend((request, response) => {
    const verify = request.headers[(renamed['x-client-verify'] ?? verifyHeader).toLowerCase()]
    const isKnown = verify?.includes('yes') === true
    response.writeHead(isKnown ? 200 : 401).end()
  })
  const backendPort = await listen(backend)
  const { cert, key } = pki.server
  const ca = pki.clientCas.clients.anchors
  const tls = { cert, key, ca, requestCert: true, rejectUnauthorized: !isOptional }
  const proxy = createServer(tls, forward)
  proxy.on('tlsClientError', (_error, socket) => socket.destroy())
  try {
    return await use({ port: await listen(proxy), backend, headers, pki })
  } finally {
    for (const server of [proxy, backend]) {
      server.closeAllConnections()
      server.close()
    }
  }

  function forward(request: IncomingMessage, response: ServerResponse): void {
    if (hangs(request)) return
    if (caches(request)) return void response.end()
    if (turnsDown(request)) return void response.writeHead(403).end()
    const lines = request.rawHeaders.flatMap((name, at, all) =>
      at % 2 === 0 ? [[name, String(all[at + 1])] as const] : [],
    )
    const named = bare(request) ? [] : linesOf(request.socket as TLSSocket)
    const set = named.map(([name, value]) => [renamed[name.toLowerCase()] ?? name, value] as const)
    const own = joins ? set.map(([name, value]) => joined(request, name, value)) : set
    const names = new Set(replaces ? own.map(([name]) => name.toLowerCase()) : [])
    const kept = lines.filter(([name]) => passes(name) && !names.has(name.toLowerCase()))
    const { method, url: path } = request
    const onward = requestHttp({
      port: backendPort,
      method,
      path,
      headers: [...own, ...kept].flat(),
    })
    onward.on('response', (answer) => {
      response.writeHead(Number(answer.statusCode))
      answer.pipe(response)
    })
    request.pipe(onward)
  }

  function linesOf(socket: TLSSocket): (readonly [string, string])[] {
    const { raw } = socket.getPeerCertificate()
    if (raw === undefined) return isOptional ? [] : [[verifyHeader, 'no']]
    return [
      [certificateHeader, raw.toString('base64')],
      [verifyHeader, socket.authorized ? 'yes' : 'no'],
    ]
  }
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

const findings = (results: readonly ConformanceResult[]): readonly string[] =>
  results.filter(({ holds }) => !holds).map(({ name }) => name)

t.test('finds nothing in a proxy that is right, in any place', async (t) => {
  const results = await withProxy({}, async (target) =>
    proxyConformance({ ...target, hosts: ['localhost', 'api.example'], paths: ['/', '/api'] }),
  )
  t.strictSame(findings(results), [])
  t.equal(results.length, 4 * (1 + 7 + 5 * 2 * 5 + 1))
  t.equal(new Set(results.map(({ name }) => name)).size, results.length)
  t.match(results[0], {
    name: 'localhost/: an accepted client is answered 200',
    because: 'the answer was 200; the backend was asked, with X-Client-Cert, X-Client-Verify',
  })
})

t.test('finds a place that passes on what a client sends', async (t) => {
  const results = await withProxy({ bare: isApi, passes: () => true }, async (target) =>
    proxyConformance({ ...target, paths: ['/', '/api'] }),
  )
  t.strictSame(
    findings(results).filter((name) => name.startsWith('localhost/api')),
    [
      'localhost/api: an accepted client is answered 200',
      'localhost/api: headers that name another client do not arrive',
      'localhost/api: headers that are sent twice do not arrive',
      'localhost/api: headers in capitals do not arrive',
      'localhost/api: malformed headers do not arrive',
      'localhost/api: an accepted client is at the end answered 200',
    ],
  )
})

t.test('finds headers that are added to those of the client', async (t) => {
  const results = await withProxy({ replaces: false, passes: () => true }, async (target) =>
    proxyConformance(target),
  )
  const found = findings(results)
  t.ok(found.includes('localhost/: headers that name another client do not arrive'))
  t.ok(
    found.includes(
      'localhost/: headers with "_" between words do not arrive where the request is answered',
    ),
  )
  t.ok(
    found.includes(
      'localhost/: headers with "." between words do not arrive where the request is answered',
    ),
  )
})

t.test('finds a value of the client in front of that of the proxy', async (t) => {
  const results = await withProxy({ joins: true }, async (target) => proxyConformance(target))
  t.ok(findings(results).includes('localhost/: headers that name another client do not arrive'))
})

t.test('finds a condition that leaves the headers to the client', async (t) => {
  const results = await withProxy({ isOptional: true, passes: () => true }, async (target) =>
    proxyConformance({ ...target, refused: ['none', 'wrong-ca'] }),
  )
  const who = 'localhost/: TLSv1.3: a client without a certificate'
  t.ok(findings(results).includes(`${who} is refused with the headers of another`))
  t.ok(findings(results).includes(`${who} gets no header of its own to the backend`))
  t.notOk(findings(results).includes(`${who} is refused`))
  const stranger = 'localhost/: TLSv1.3: a client of a CA that the server does not know'
  t.notOk(findings(results).some((name) => name.startsWith(stranger)))
})

t.test('finds a proxy that lets in whoever brings the headers', async (t) => {
  const forwarding = { isOptional: true, passes: () => true, turnsDown: lacksEverything }
  const results = await withProxy(forwarding, async (target) =>
    proxyConformance({ ...target, refused: ['none'] }),
  )
  t.ok(
    findings(results).includes(
      'localhost/: TLSv1.3: a client without a certificate gets no header of its own to the backend',
    ),
  )
})

t.test('finds a header that the client takes away', async (t) => {
  const results = await withProxy({ bare: isTakenAway, passes: isPassedOn }, async (target) => {
    target.backend.prependListener('request', ({ headers: sent }: IncomingMessage) => {
      sent['x-client-verify'] ??= 'yes'
    })
    return proxyConformance(target)
  })
  t.strictSame(findings(results), [
    'localhost/: the headers cannot be taken away by "Connection" where the request is answered',
  ])
})

t.test('proves nothing where the backend is told of nobody, or is not asked', async (t) => {
  await withProxy({ bare: () => true }, async (target) => {
    await t.rejects(proxyConformance({ ...target, status: 401 }), {
      code: 'ERR_PEERGATE_OPTION_INVALID',
      message:
        /the backend is told nowhere who an accepted client is: localhost\/: the answer was 401; the backend was asked, with none of the headers$/u,
    })
    const stranger = async () => pki.client('wrong-ca')
    await t.rejects(proxyConformance({ ...target, pki: { ...pki, issueClient: stranger } }), {
      message: /localhost\/: no answer came \(\w+\); the backend was not asked$/u,
    })
    const mismatched = async () => pki.client('mismatched-key')
    await t.rejects(proxyConformance({ ...target, pki: { ...pki, issueClient: mismatched } }), {
      message: /localhost\/: no answer came \(ERR_OSSL_X509_KEY_VALUES_MISMATCH\)/u,
    })
  })
})

t.test('takes an answer that is not the backend’s for no proof', async (t) => {
  const results = await withProxy({ turnsDown: isApi }, async (target) =>
    proxyConformance({ ...target, paths: ['/', '/api'] }),
  )
  t.strictSame(findings(results), ['localhost/api: an accepted client is answered 200'])
  t.equal(results.filter(({ name }) => name.startsWith('localhost/api')).length, 1)
})

t.test('finds a header that nobody sets, and that the client may send', async (t) => {
  const results = await withProxy({ passes: isPassedOrLegacy }, async (target) =>
    proxyConformance({ ...target, headers: [...headers, 'X-Legacy-Cert'] }),
  )
  t.ok(findings(results).includes('localhost/: headers that name another client do not arrive'))
})

t.test('knows headers by the names that they have', async (t) => {
  const renamed = { 'x-client-cert': 'X_CLIENT_CERT', 'x-client-verify': 'X_CLIENT_VERIFY' }
  const results = await withProxy({ renamed }, async (target) =>
    proxyConformance({ ...target, headers: Object.values(renamed) }),
  )
  t.strictSame(findings(results), [])
  const lax = await withProxy({ renamed, passes: () => true, replaces: false }, async (target) =>
    proxyConformance({ ...target, headers: Object.values(renamed) }),
  )
  t.ok(findings(lax).includes('localhost/: headers that name another client do not arrive'))
  t.ok(
    findings(lax).includes(
      'localhost/: headers with "-" between words do not arrive where the request is answered',
    ),
  )
})

t.test('finds a cache that answers whoever comes', async (t) => {
  const results = await withProxy({ isOptional: true, caches: isUnverified }, async (target) =>
    proxyConformance({ ...target, refused: ['none'] }),
  )
  t.ok(findings(results).includes('localhost/: TLSv1.3: a client without a certificate is refused'))
})

t.test('does not take an answer that never comes for a refusal', async (t) => {
  const results = await withProxy({ isOptional: true, hangs: isUnverified }, async (target) =>
    proxyConformance({ ...target, refused: ['none'], timeout: 0.5 }),
  )
  t.ok(findings(results).includes('localhost/: TLSv1.3: a client without a certificate is refused'))
})

t.test('refuses options that are wrong', async (t) => {
  await t.rejects(proxyConformance({ port: 1, backend: {} as Server, headers, pki }), {
    message: /option "backend" must be a server of node:http or node:https$/u,
  })
  const backend = createBackend()
  await t.rejects(proxyConformance({ port: 1, backend, headers: [], pki }), {
    message: /option "headers" must name at least one$/u,
  })
})
