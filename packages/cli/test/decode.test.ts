import { X509Certificate, createHash } from 'node:crypto'
import { createTestPki } from '@peergate/testkit'
import t from 'tap'
import { run } from './support/run.js'

const pki = await createTestPki({ identity: { uri: ['spiffe://prod.example/api'] } })
const pem = String((await pki.client('accepted')).certificate)
const { raw } = new X509Certificate(pem)
const base64 = raw.toString('base64')
const escaped = encodeURIComponent(pem)
const hash = createHash('sha256').update(raw).digest('hex')

async function decode(...parameters: readonly string[]) {
  const { code, out } = await run(['decode', '--json', ...parameters])
  return { code, decoded: JSON.parse(out) as unknown }
}

t.test('says what nginx forwards', async (t) => {
  const { code, decoded } = await decode(
    '--contract=nginx',
    'X-SSL-Client-Verify: SUCCESS',
    `X-SSL-Client-Cert: ${escaped}`,
  )
  t.equal(code, 0)
  t.match(decoded, {
    contract: 'nginx',
    headers: [
      { name: 'x-ssl-client-cert', lines: 1, characters: escaped.length },
      { name: 'x-ssl-client-verify', lines: 1, characters: 7 },
    ],
    elements: [],
    assurance: 'proxy-verified',
    certificate: {
      issuer: 'CN=Test Client CA',
      names: ['URI spiffe://prod.example/api'],
      chain: 0,
    },
    identities: [{ rule: 'spiffe', identity: 'spiffe://prod.example/api' }],
    refusal: null,
  })
})

t.test('says why headers would be refused', async (t) => {
  const behind = await decode(
    '--contract=nginx',
    'Host: localhost',
    'X-SSL-Client-Verify: SUCCESS',
    `X-SSL-Client-Cert: ${escaped}`,
  )
  t.equal(behind.code, 1)
  t.match(behind.decoded, {
    certificate: null,
    refusal: {
      code: 'ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS',
      detail: /must be set before host/u,
    },
  })
  const ca = new X509Certificate(String((await pki.client('ca-as-client')).certificate))
  const unfit = await decode('--contract=rfc9440', `Client-Cert: :${ca.raw.toString('base64')}:`)
  t.match(unfit.decoded, {
    assurance: 'proxy-asserted',
    certificate: { names: ['URI spiffe://prod.example/api'] },
    refusal: { code: 'ERR_PEERGATE_CERTIFICATE_IS_CA' },
  })
  const garbage = await decode('--contract=rfc9440', 'Client-Cert: :MAMCAQA=:')
  t.match(garbage.decoded, { certificate: null, identities: [], refusal: { code: /MALFORMED$/u } })
})

t.test('takes X-Forwarded-Client-Cert apart, element by element', async (t) => {
  const line = `X-Forwarded-Client-Cert: Hash=${hash};Cert="${escaped}";URI=spiffe://prod.example/api,By=a;Hash=${hash};DNS=b.example`
  const { code, decoded } = await decode(
    '--contract=envoy-xfcc',
    '--set=proxyVerifies=true',
    '--set=elements=2',
    '--set=hop=2',
    line,
  )
  t.equal(code, 0)
  t.match(decoded, {
    assurance: 'proxy-verified',
    elements: [
      { hash, uris: ['spiffe://prod.example/api'], dnsNames: [] },
      { hash, certificate: null, uris: [], dnsNames: ['b.example'] },
    ],
  })
  const { out } = await run(['decode', '--contract=envoy-xfcc', '--set=elements=2', line])
  t.match(
    out,
    /\nelement 2\n  Hash +[\da-f]{64}\n  Cert +none\n  Chain +none\n  DNS +b\.example\n/u,
  )
  t.match(out, /\nelement 1\n  Hash +[\da-f]{64}\n  Cert +\d+ characters\n/u)
  const chained = `X-Forwarded-Client-Cert: Hash=${hash};Chain="${escaped}"`
  t.match(
    (await run(['decode', '--contract=envoy-xfcc', chained])).out,
    /\n  Chain +\d+ characters\n/u,
  )
  const broken = await decode('--contract=envoy-xfcc', 'X-Forwarded-Client-Cert: Hash')
  t.match(broken.decoded, { elements: [], refusal: { code: /MALFORMED$/u } })
})

t.test('takes the JSON form apart as well', async (t) => {
  const header = `X-Forwarded-Client-Cert: [{"hash":"${hash}","uri":["spiffe://prod.example/api"]},{}]`
  const set = ['--set=elements=2', '--set=hop=2']
  const { out } = await run(['decode', '--contract=envoy-xfcc-json', ...set, header])
  t.match(out, /\nelement 1\n  Hash +[\da-f]{64}\n/u)
  t.match(out, /\nelement 2\n  says +nothing\n/u)
})

t.test('says that a certificate is not valid now', async (t) => {
  for (const [kind, code] of [
    ['expired', 'ERR_PEERGATE_CERTIFICATE_EXPIRED'],
    ['not-yet-valid', 'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID'],
  ] as const) {
    const leaf = new X509Certificate(String((await pki.client(kind)).certificate))
    const { code: ended, decoded } = await decode(
      '--contract=rfc9440',
      `Client-Cert: :${leaf.raw.toString('base64')}:`,
    )
    t.equal(ended, 1)
    t.match(decoded, { certificate: {}, refusal: { code } })
  }
})

t.test('says what is asserted of a certificate that was not forwarded', async (t) => {
  const header = `X-Forwarded-Client-Cert: URI=spiffe://prod.example/api`
  const set = '--set=hash=optional'
  const accept = '--accept-assertions'
  t.match(await run(['decode', '--contract', 'envoy-xfcc', set, header]), {
    code: 1,
    out: /ERR_PEERGATE_ASSERTION_REFUSED/u,
  })
  const { code, out } = await run(['decode', '--contract', 'envoy-xfcc', set, accept, header])
  t.match(out, /\n  Hash +none\n/u)
  t.equal(code, 0)
  t.match(out, /\nproxy-asserted\n  subject +not forwarded\n  issuer +not forwarded\n/u)
  t.match(out, /\n  valid until +not known\n/u)
  t.match(out, 'A gate goes on from here to the identity.')
  const linkerd = await run([
    'decode',
    '--contract=linkerd',
    'l5d-client-id: web.emojivoto.serviceaccount.identity.linkerd.cluster.local',
  ])
  t.match(linkerd.out, /\n  SHA-256 +not known\n/u)
})

t.test('reads headers that are piped in, as they were logged', async (t) => {
  const chained = `Client-Cert: :${base64}:\r\nClient-Cert-Chain: :${base64}:\r\n\r\n`
  const { code, out } = await run(['decode', '--contract=rfc9440'], { input: chained })
  t.equal(code, 0)
  t.match(out, /\n  beside it +1 certificates?\n/u)
  const none = await run(['decode', '--contract=rfc9440'], { input: ' \n' })
  t.match(none, { code: 2, err: /there is no header/u })
})

t.test('tells headers that were not sent, and those that were sent twice', async (t) => {
  const { code, out } = await run([
    'decode',
    '--contract=rfc9440',
    'Client-Cert: a',
    'Client-Cert: b',
  ])
  t.equal(code, 1)
  t.match(out, /\n  client-cert +2 lines, 2 characters\n  client-cert-chain +not sent\n/u)
  t.match(out, 'ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS\n')
})

t.test('names every contract, each with the headers of its guide', async (t) => {
  for (const name of [
    'akamai',
    'apache',
    'aws-alb-passthrough',
    'aws-alb-verify',
    'azure-app-service',
    'azure-application-gateway',
    'azure-container-apps',
    'caddy',
    'cloud-foundry',
    'cloudflare',
    'cloudfront',
    'envoy-xfcc-json',
    'gcp',
    'haproxy',
    'ingress-nginx',
    'traefik',
  ]) {
    const { code, decoded } = await decode(`--contract=${name}`, 'X-Other: 1')
    t.equal(code, 1, name)
    t.match(decoded, {
      contract: name,
      refusal: { code: 'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING' },
    })
  }
})

t.test('takes a certificate without names for what it is', async (t) => {
  const nobody = new X509Certificate(String((await pki.client('no-identity')).certificate))
  const header = `Client-Cert: :${nobody.raw.toString('base64')}:`
  const { out } = await run(['decode', '--contract=rfc9440', header])
  t.match(out, /\n  names +none\n  beside it +no other certificate\n/u)
})

t.test('refuses what it was given wrong', async (t) => {
  for (const [parameters, code, fault] of [
    [['--contract=ngin', 'A: b'], 2, 'contract "ngin" is not known; did you mean "nginx"?'],
    [['--contract=nginx', 'A'], 2, 'a header must be of the form "Name: value"'],
    [['--contract=nginx', '--set=a', 'A: b'], 2, '--set must be of the form option=value'],
    [['--contract=nginx', '--set=verfy=b', 'A: b'], 3, 'did you mean "verify"?'],
    [['A: b'], 2, "required option '--contract <name>' not specified"],
  ] as const) {
    const ran = await run(['decode', ...parameters])
    t.equal(ran.code, code, fault)
    t.match(ran.err, fault)
  }
})
