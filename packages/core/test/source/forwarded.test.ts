import { X509Certificate } from 'node:crypto'
import { createServer, request as requestHttp } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import {
  definePolicy,
  forwardedSource,
  nginx,
  publicRoute,
  rfc9440,
  spiffe,
  trustedByAddress,
  trustedByCertificate,
} from '@peergate/core'
import type {
  Forwarded,
  ForwardedSourceOptions,
  ProxyContract,
  RequestLike,
  TrustedProxies,
} from '@peergate/core'
import { createConformanceGates, readerId } from '@peergate/testkit'
import t from 'tap'
import { atOnce } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import {
  createForwardedGate,
  createForwardingServer,
  listenOn,
  tell,
} from '../support/forwarding-server.js'

const { issueClient, tls } = await createConformanceGates()
const worker = await issueClient()
const names = { certificate: 'x-ssl-client-cert', verify: 'x-ssl-client-verify' }
const contract = nginx(names)
const loopback = trustedByAddress({ addresses: ['127.0.0.1'] })
const elsewhere = trustedByAddress({ addresses: ['192.0.2.1'] })
const forwarded = linesOf(worker.certificate)

function linesOf(certificate: string, verify = 'SUCCESS'): readonly string[] {
  return [`X-SSL-Client-Cert: ${encodeURIComponent(certificate)}`, `X-SSL-Client-Verify: ${verify}`]
}

function createSource(own: Partial<ForwardedSourceOptions> = {}) {
  return forwardedSource({ contract, trustedProxies: loopback, ...own })
}

t.test('identifies the client of a trusted proxy, and removes what it read', async (t) => {
  const where = await listenOn(t, createForwardingServer(createForwardedGate(createSource())))
  const told = await tell(where, ['Accept: a', ...forwarded, 'X-Other: b'])
  t.strictSame(told, {
    who: readerId,
    assurance: 'proxy-verified',
    isPublic: true,
    rawHeaders: ['Accept', 'a', 'X-Other', 'b', 'host', 'localhost', 'connection', 'close'],
    headers: ['accept', 'x-other', 'host', 'connection'],
  })
})

t.test('says of one request the same, as often as it is asked', async (t) => {
  const gate = createForwardedGate(createSource())
  const server = createForwardingServer(gate)
  server.prependListener('request', (request) => gate.admit(request))
  t.equal((await tell(await listenOn(t, server), forwarded)).who, readerId)
})

t.test('refuses a sender with identity headers that is not trusted, or strips them', async (t) => {
  const untrusted = 'ERR_PEERGATE_PROXY_UNTRUSTED'
  for (const [untrustedSenders, lines, isPublic] of [
    ['refuse', forwarded, false],
    ['refuse', ['Client-Cert: :AAAA:'], false],
    ['refuse', ['X_SSL.Client-Cert: a'], false],
    ['refuse', [], true],
    ['strip', forwarded, true],
  ] as const) {
    const source = createSource({ trustedProxies: elsewhere, untrustedSenders })
    const where = await listenOn(t, createForwardingServer(createForwardedGate(source)))
    const told = await tell(where, lines)
    t.match(told, { who: untrusted, isPublic, headers: ['host', 'connection'] }, lines.join())
    t.equal(told.rawHeaders.length, 4)
  }
})

t.test('answers public routes to a client of the proxy without a certificate', async (t) => {
  const where = await listenOn(t, createForwardingServer(createForwardedGate(createSource())))
  for (const lines of [[], ['X-SSL-Client-Verify: NONE']]) {
    const { who, isPublic } = await tell(where, lines)
    t.strictSame([who, isPublic], ['ERR_PEERGATE_FORWARDED_IDENTITY_MISSING', true])
  }
})

t.test('lets nothing else pass to public routes', async (t) => {
  const where = await listenOn(t, createForwardingServer(createForwardedGate(createSource())))
  const [certificate = '', verify = ''] = forwarded
  for (const [lines, code] of [
    [linesOf(worker.certificate, 'FAILED:expired'), 'FORWARDED_IDENTITY_UNVERIFIED'],
    [[certificate], 'FORWARDED_IDENTITY_UNVERIFIED'],
    [[verify], 'FORWARDED_IDENTITY_MALFORMED'],
    [[verify, 'X-SSL-Client-Cert: abc'], 'FORWARDED_IDENTITY_MALFORMED'],
    [[certificate, certificate, verify], 'FORWARDED_IDENTITY_AMBIGUOUS'],
    [[...forwarded, 'X_SSL_Client_Verify: SUCCESS'], 'FORWARDED_IDENTITY_AMBIGUOUS'],
    [[...forwarded, 'X-SSL.Client-Cert: a'], 'FORWARDED_IDENTITY_AMBIGUOUS'],
    [[verify, 'X-SSL-Client-Cert: é'], 'FORWARDED_IDENTITY_MALFORMED'],
    [[verify, 'X-SSL-Client-Cert: a\tb'], 'FORWARDED_IDENTITY_MALFORMED'],
  ] as const) {
    const { who, isPublic, headers } = await tell(where, lines)
    t.strictSame([who, isPublic], [`ERR_PEERGATE_${code}`, false], lines.join())
    t.strictSame(headers, ['host', 'connection'])
  }
})

t.test('judges the forwarded certificate as that of a handshake', async (t) => {
  const where = await listenOn(t, createForwardingServer(createForwardedGate(createSource())))
  const expired = { from: '-2d', to: '-1d' }
  for (const [request, code] of [
    [{ validity: expired }, 'CERTIFICATE_EXPIRED'],
    [{ validity: { from: '+1d', to: '+2d' } }, 'CERTIFICATE_NOT_YET_VALID'],
    [{ usage: 'server' }, 'CERTIFICATE_PURPOSE_WRONG'],
    [{ ca: true }, 'CERTIFICATE_IS_CA'],
    [{ keys: 'rsa-1024' }, 'CERTIFICATE_KEY_WEAK'],
    [{ uri: [] }, 'IDENTITY_MISSING'],
  ] as const) {
    const { certificate } = await issueClient(request)
    t.equal((await tell(where, linesOf(certificate))).who, `ERR_PEERGATE_${code}`)
  }
  const { certificate } = await issueClient({ usage: 'none' })
  t.equal((await tell(where, linesOf(certificate))).who, readerId)
})

t.test(
  'remembers a certificate, and compares its end with the clock on every request',
  async (t) => {
    let now = worker.notAfter.getTime()
    const gate = createForwardedGate(createSource(), { clock: () => now })
    const where = await listenOn(t, createForwardingServer(gate))
    t.equal((await tell(where, forwarded)).who, readerId)
    t.equal((await tell(where, forwarded)).who, readerId)
    now += 1
    t.equal((await tell(where, forwarded)).who, 'ERR_PEERGATE_CERTIFICATE_EXPIRED')
  },
)

t.test('demands the assurance that the gate is told to', async (t) => {
  for (const [minimumAssurance, who] of [
    ['proxy-asserted', readerId],
    ['proxy-verified', readerId],
    ['tls', 'ERR_PEERGATE_ASSURANCE_TOO_LOW'],
  ] as const) {
    const gate = createForwardedGate(createSource(), { minimumAssurance })
    t.equal((await tell(await listenOn(t, createForwardingServer(gate)), forwarded)).who, who)
  }
})

/** A contract that says of every request the same. */
function contractOf(result: Forwarded, yields: ProxyContract['yields']): ProxyContract {
  return { name: 'mesh', headers: [{ name: 'x-mesh-id' }], yields, read: () => result }
}

const fingerprint256 = Array.from({ length: 32 }, () => 'CD').join(':')

const asserted: Forwarded = {
  names: [{ type: 'uniformResourceIdentifier', value: readerId }],
  fingerprint256,
  assurance: 'proxy-asserted',
}

const unverifying = contractOf(asserted, 'either')

t.test('accepts an identity without its certificate only if that was stated', async (t) => {
  const mesh = contractOf(asserted, 'either')
  const refusing = createForwardedGate(createSource({ contract: mesh }))
  const refused = await tell(await listenOn(t, createForwardingServer(refusing)), [])
  t.strictSame([refused.who, refused.isPublic], ['ERR_PEERGATE_ASSERTION_REFUSED', false])

  const accepting = createSource({ contract: mesh, maxAssertionAge: 'unbounded' })
  const gate = createForwardedGate(accepting)
  const server = createForwardingServer(gate)
  server.on('request', (request) => {
    t.match(gate.identify(request), {
      value: readerId,
      issuer: null,
      serialNumber: null,
      notBefore: null,
      notAfter: null,
      fingerprint256,
      assurance: 'proxy-asserted',
      source: 'mesh',
      trustSet: null,
    })
  })
  t.equal((await tell(await listenOn(t, server), [])).who, readerId)

  t.equal(
    faultOf(() => createSource({ contract: contractOf(asserted, 'assertion') }))?.detail,
    'forwardedSource: option "maxAssertionAge" must be stated as "unbounded": mesh forwards no certificate, so that nothing says when an identity ends',
  )
})

t.test('takes a contract that throws for one that says nothing', async (t) => {
  const faulty = { ...contractOf(asserted, 'either'), read: () => JSON.parse('{') as Forwarded }
  const gate = createForwardedGate(createSource({ contract: faulty }))
  const { who, isPublic } = await tell(await listenOn(t, createForwardingServer(gate)), [])
  t.strictSame([who, isPublic], ['ERR_PEERGATE_GATE_FAULTY', false])
})

t.test('takes a request without header lines for one without a certificate', (t) => {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '127.0.0.1' })
  const { refusal } = createForwardedGate(createSource()).admit({ socket })
  t.equal(refusal?.code, 'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING')
  t.end()
})

t.test('answers odd requests with a code', (t) => {
  const gate = createForwardedGate(createSource({ trustedProxies: elsewhere }))
  for (const request of [{}, { socket: null }, { socket: 1 }, { socket: {} }]) {
    t.equal(gate.admit(request as RequestLike).refusal?.code, 'ERR_PEERGATE_PROXY_UNTRUSTED')
  }
  t.equal(gate.admit(null as unknown as RequestLike).refusal?.code, 'ERR_PEERGATE_GATE_FAULTY')
  t.end()
})

t.test('serves requests of HTTP/2', async (t) => {
  const gate = createForwardedGate(createSource({ contract: rfc9440({ proxyVerifies: true }) }))
  const server = createHttp2Server((request, response) => {
    const { identity } = gate.admit(request)
    const left = [...Object.keys(request.headers), ...request.rawHeaders].join(' ')
    response.end(`${identity?.value} ${/client-cert/iu.test(left)}`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.teardown(() => session.destroy())
  const { raw } = new X509Certificate(worker.certificate)
  const headers = { 'client-cert': `:${raw.toString('base64')}:` }
  for (const turn of ['first', 'second']) {
    t.equal(await text(session.request(headers)), `${readerId} false`, turn)
  }
})

t.test('refuses a request of which the server may have dropped lines', async (t) => {
  const gate = createForwardedGate(createSource())
  const server = createForwardingServer(gate)
  server.maxHeadersCount = 40
  const where = await listenOn(t, server)
  t.equal((await tell(where, forwarded)).who, readerId)
  const many = Array.from({ length: 60 }, (_, at) => `x-${at}: a`)
  const answer = await tell(where, [...forwarded, 'host: localhost', ...many]).then(
    ({ who }) => who,
    String,
  )
  // Later versions of Node drop nothing, and answer such a request themselves.
  t.match(answer, /^ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS$|431 Request Header Fields/u)
})

t.test('lets nobody in whom the TLS gate of the proxies does not', async (t) => {
  const trustedProxies = trustedByCertificate({
    tls,
    identity: spiffe({ trustDomain: 'prod.example' }),
    allow: ['spiffe://prod.example/ns/edge/sa/proxy'],
    trustSet: 'batch',
  })
  const gate = createForwardedGate(createSource({ trustedProxies }))
  for (const [request, code] of [
    [{}, 'CONNECTION_CLOSED'],
    [{ socket: {} }, 'CONNECTION_NOT_TLS'],
    [{ socket: { encrypted: true } }, 'CONNECTION_NOT_CAPTURED'],
  ] as const) {
    const admission = gate.admit(request)
    t.equal(admission.refusal?.code, `ERR_PEERGATE_${code}`)
    t.equal((await gate.guard(publicRoute)(admission)).allowed, false)
  }
})

t.test('is the source of one gate', (t) => {
  const source = createSource()
  createForwardedGate(source)
  t.equal(
    faultOf(() => createForwardedGate(source))?.detail,
    'createPeerGate: option "source" is the source of another gate; make one for each',
  )
  t.end()
})

t.test('names the set by which the proxy verifies, where that is stated', async (t) => {
  const [none, stated] = [createSource(), createSource({ trustSet: 'payments' })]
  t.strictSame(none.trustSets, [])
  t.strictSame(stated.trustSets, ['payments'])
  for (const [source, trustSet] of [
    [none, null],
    [stated, 'payments'],
    [
      createSource({ trustSet: 'payments', contract: unverifying, maxAssertionAge: 'unbounded' }),
      null,
    ],
  ] as const) {
    const gate = createForwardedGate(source)
    const server = createForwardingServer(gate)
    server.on('request', (request) => t.equal(gate.identify(request).trustSet, trustSet))
    t.equal((await tell(await listenOn(t, server), forwarded)).who, readerId)
  }
})

t.test('refuses options that are not well-formed', (t) => {
  const byHand = { proof: 'address', refusalOf: () => null } as unknown as TrustedProxies
  for (const [own, fault] of [
    [{ contract: undefined }, /option "contract" must be a contract/u],
    [{ contract: { read: () => null } }, /option "contract" must be a contract/u],
    [{ trustedProxies: undefined }, /option "trustedProxies" must be made by trustedBy/u],
    [{ trustedProxies: byHand }, /option "trustedProxies" must be made by trustedBy/u],
    [{ untrustedSenders: 'ignore' }, /option "untrustedSenders" must be "refuse" or "strip"/u],
    [{ trustSet: '' }, /option "trustSet" must not be empty/u],
    [{ maxAssertionAge: 60 }, /option "maxAssertionAge" must be "unbounded"/u],
    [{ cache: { entries: -1 } }, /option "cache\.entries"/u],
    [{ cache: { bytes: 2 ** 31 } }, /option "cache\.bytes"/u],
    [{ trustProxies: loopback }, /option "trustProxies" is not known; did you mean "trustedPro/u],
  ] as const) {
    const options = { contract, trustedProxies: loopback, ...own } as ForwardedSourceOptions
    t.match(faultOf(() => forwardedSource(options))?.detail, fault)
  }
  t.end()
})

t.test('identifies whoever asks for an upgrade', async (t) => {
  const gate = createForwardedGate(createSource())
  const server = createForwardingServer(gate)
  server.on('upgrade', (request, socket) => {
    socket.end(
      `HTTP/1.1 101 A\r\nconnection: upgrade\r\nupgrade: echo\r\nwho: ${gate.identify(request).value}\r\n\r\n`,
    )
  })
  const where = await listenOn(t, server)
  const lines = [...forwarded, 'Host: localhost', 'Connection: upgrade', 'Upgrade: echo']
  const headers = lines.flatMap((line) => line.split(': '))
  const outgoing = requestHttp({ ...where, headers })
  outgoing.end()
  const [response] = (await once(outgoing, 'upgrade')) as [{ headers: Record<string, string> }]
  t.equal(response.headers['who'], readerId)
})

t.test('guards public routes of what no gate let in', async (t) => {
  const gate = createForwardedGate(createSource({ trustedProxies: elsewhere }))
  const guard = gate.guard(publicRoute)
  const request = { socket: {}, rawHeaders: ['Client-Cert', 'a'], headers: { 'client-cert': 'a' } }
  t.equal((await guard(gate.admit(request))).allowed, false)
  t.strictSame([request.rawHeaders, request.headers], [[], {}])
})

t.test('cannot tell of a hash alone whose other signature it is of', async (t) => {
  const hash = Array.from({ length: 32 }, () => 'AB').join(':')
  const mesh = contractOf({ ...asserted, fingerprint256: hash }, 'either')
  const everybody = { anyIdentity: true, allow: ['invoice:read'] } as const
  for (const [effect, fingerprint256, isAllowed] of [
    ['allow', hash, true],
    ['allow', hash.replaceAll('AB', 'CD'), false],
    ['deny', hash, false],
    ['deny', hash.replaceAll('AB', 'CD'), false],
  ] as const) {
    const grant = { fingerprint256, notAfter: '9999-12-31T23:59:59Z', [effect]: ['invoice:read'] }
    const policy = definePolicy<'spiffe', 'invoice:read', string>({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [...(effect === 'deny' ? [everybody] : []), grant],
    })
    const source = createSource({ contract: mesh, maxAssertionAge: 'unbounded' })
    const gate = createForwardedGate(source, { policy })
    const guard = gate.guard(gate.permission('invoice:read'))
    const server = createServer((request, response) => {
      response.end(String(atOnce(guard(gate.admit(request), request)).allowed))
    })
    const { port } = (await listenOn(t, server)) as { readonly port: number }
    t.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), String(isAllowed))
  }
})
