import { once } from 'node:events'
import {
  createPeerGate,
  createTlsGate,
  definePolicy,
  forwardedSource,
  rfc9440,
  socketSource,
  spiffe,
  trustedByAddress,
} from '@peergate/core'
import type { PeerGate, PeerSource, RolloutMode } from '@peergate/core'
import t from 'tap'
import { createTlsSetting } from '../../support/tls-setting.js'

const { createGate, options } = await createTlsSetting()
const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['a'],
  grants: [{ identity: 'spiffe://prod.example/a', allow: ['a'] }],
})

function gateOf(source: unknown): PeerGate<'a'> {
  return createPeerGate({
    source: source as PeerSource,
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
  })
}

t.test('a TLS gate is strict and called default, unless it is told otherwise', (t) => {
  const { tls } = createGate()
  t.strictSame([tls.mode, tls.name, tls.status().mode], ['strict', 'default', 'strict'])
  t.equal(tls.serverOptions.rejectUnauthorized, true)
  for (const mode of ['observe', 'enforce'] as const) {
    const other = createGate({ mode, name: 'edge.1' }).tls
    const { name, mode: stated } = other.status()
    t.strictSame([other.mode, other.name, stated, name], [mode, 'edge.1', mode, 'edge.1'])
    t.strictSame(
      [other.serverOptions.requestCert, other.serverOptions.rejectUnauthorized],
      [true, false],
      'certificates are asked for, and a failed handshake is not the answer',
    )
  }
  t.end()
})

for (const [name, wrong, message] of [
  ['a mode that there is not', { mode: 'permissive' }, /option "mode"/u],
  ['a mode in another case', { mode: 'Strict' }, /option "mode"/u],
  ['a mode that is none', { mode: null }, /option "mode"/u],
  ['a name with spaces', { name: 'a b' }, /option "name" must be 1 to 64 letters/u],
  ['an empty name', { name: '' }, /option "name"/u],
  ['a name that is too long', { name: 'a'.repeat(65) }, /option "name"/u],
  ['a name that ends a line', { name: 'a\n' }, /option "name"/u],
  ['refusals in observe', { mode: 'observe', refusals: 'recorded' }, /"refusals" is for the mode/u],
  [
    'refusals in enforce',
    { mode: 'enforce', refusals: 'handshake' },
    /"refusals" is for the mode/u,
  ],
  ['pages that are nowhere', { mode: 'enforce', problemTypeBase: 'errors/' }, /problemTypeBase/u],
] as const) {
  t.test(`${name} is an error of createTlsGate`, (t) => {
    t.throws(() => createTlsGate({ ...options, ...(wrong as object) }), {
      code: 'ERR_PEERGATE_OPTION_INVALID',
      message,
    })
    t.end()
  })
}

t.test('a gate is of the mode of its source', (t) => {
  for (const mode of ['observe', 'enforce', 'strict'] as const) {
    t.equal(gateOf(socketSource({ tls: createGate({ mode }).tls })).mode, mode)
  }
  t.equal(gateOf(socketSource()).mode, 'enforce')
  for (const mode of ['observe', 'enforce'] as const) {
    const source = forwardedSource({
      contract: rfc9440({ proxyVerifies: true }),
      trustedProxies: trustedByAddress({ addresses: ['127.0.0.1'] }),
      mode,
    })
    t.equal(gateOf(source).mode, mode)
  }
  t.end()
})

t.test('a proxy’s source cannot be strict, since it has no handshake', (t) => {
  const wrong = {
    contract: rfc9440({ proxyVerifies: true }),
    trustedProxies: trustedByAddress({ addresses: ['127.0.0.1'] }),
    mode: 'strict' as 'enforce',
  }
  t.throws(() => forwardedSource(wrong), { code: 'ERR_PEERGATE_OPTION_INVALID' })
  t.end()
})

const read = () => null as never

t.test('a source of one’s own enforces, unless it says what it does', (t) => {
  t.equal(gateOf({ name: 'own', read }).mode, 'enforce')
  t.equal(gateOf({ name: 'own', read, mode: 'observe' }).mode, 'observe')
  for (const mode of ['off', 'Observe', null, 0, {}]) {
    t.throws(
      () => gateOf({ name: 'own', read, mode }),
      { code: 'ERR_PEERGATE_OPTION_INVALID' },
      JSON.stringify(mode),
    )
  }
  t.end()
})

t.test('what a source says of its mode later changes nothing', (t) => {
  const source: { mode: RolloutMode; name: string; read: () => never } = {
    name: 'own',
    mode: 'enforce',
    read: () => {
      throw new Error('faulty')
    },
  }
  const gate = gateOf(source)
  source.mode = 'observe'
  const read = gate.guard(gate.permission('a'))
  t.equal(gate.mode, 'enforce')
  t.match(read(gate.admit({})), { allowed: false })
  t.end()
})

t.test('what only observes says so when it is made', async (t) => {
  for (const make of [
    () => createGate({ mode: 'observe', name: 'edge' }).tls,
    () => gateOf({ name: 'own', mode: 'observe', read: () => null }),
  ]) {
    const warned = once(process, 'warning') as Promise<[Error & { readonly code?: string }]>
    make()
    const [{ name, code, message }] = await warned
    t.strictSame([name, code], ['PeergateWarning', 'PEERGATE_OBSERVING'])
    t.match(message, /observes: nobody is refused/u)
  }
})
