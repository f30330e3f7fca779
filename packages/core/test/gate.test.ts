import t from 'tap'
import { createPeerGate, definePolicy, dnsSan } from '@peergate/core'
import type { IdentityRule, PeerGate, PeerSource, RequestLike } from '@peergate/core'
import { dnsName, namedBy, uriName } from './support/certificate-facts.js'
import { faultOf } from './support/fault-of.js'
import { fixedSource, requestOf } from './support/fixed-source.js'
import {
  nameless,
  noon,
  paymentsGate,
  paymentsPolicy,
  worker,
  workerId,
  workloads,
} from './support/payments-gate.js'

const options = { source: fixedSource, identity: workloads, policy: paymentsPolicy }
const create = createPeerGate as (options: unknown) => PeerGate<'invoice:read'>

const aSource = 'option "source" must be a source, such as socketSource({ tls })'
const aRule = 'option "identity" must be an identity rule, such as spiffe({ trustDomain })'
const aPolicy = 'option "policy" must be made by definePolicy or policyFile'

const faultyOptions: readonly (readonly [string, unknown, fault: string])[] = [
  ['no options', undefined, 'the options must be of the type object'],
  ['null', null, 'the options must be of the type object'],
  ['a list', [options], 'the options must be of the type object'],
  ['nothing in the options', {}, [aSource, aRule, aPolicy].join('; ')],
  ['a source that is null', { ...options, source: null }, aSource],
  ['a source without a name', { ...options, source: { read: fixedSource.read } }, aSource],
  ['a source that cannot read', { ...options, source: { name: 'a', read: true } }, aSource],
  [
    'a source whose sets are text',
    { ...options, source: { ...fixedSource, trustSets: 'payments' } },
    aSource,
  ],
  [
    'a source whose sets have no names',
    { ...options, source: { ...fixedSource, trustSets: ['payments', null] } },
    aSource,
  ],
  ['a rule that is null', { ...options, identity: null }, aRule],
  ['a rule that cannot select', { ...options, identity: { kind: 'spiffe' } }, aRule],
  ['a rule of no known kind', { ...options, identity: { ...workloads, kind: 'serial' } }, aRule],
  [
    'a rule of an inherited kind',
    { ...options, identity: { ...workloads, kind: 'toString' } },
    aRule,
  ],
  ['a policy that is null', { ...options, policy: null }, aPolicy],
  ['a spread policy', { ...options, policy: { ...paymentsPolicy } }, aPolicy],
  ['a cloned policy', { ...options, policy: structuredClone(paymentsPolicy) }, aPolicy],
  ['a derived policy', { ...options, policy: Object.create(paymentsPolicy) }, aPolicy],
  ['a wrapped policy', { ...options, policy: new Proxy(paymentsPolicy, {}) }, aPolicy],
  ['a clock that is a time', { ...options, clock: noon }, 'option "clock" must be a function'],
  [
    'a misspelt option',
    { ...options, polices: [], clok: 1 },
    'option "polices" is not known; did you mean "policy"?; option "clok" is not known; did you mean "clock"?',
  ],
  [
    'a rule of another kind than the policy',
    { ...options, identity: dnsSan() },
    'the policy grants to spiffe identities, and the gate reads dns',
  ],
]

for (const [name, given, fault] of faultyOptions) {
  t.test(`refuses ${name}`, async (t) => {
    const error = faultOf(() => create(given))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `createPeerGate: ${fault}`)
    t.equal(error?.message, `options must be well-formed: createPeerGate: ${fault}`)
  })
}

t.test('is frozen', async (t) => {
  t.ok(Object.isFrozen(paymentsGate()))
})

t.test('identifies whoever sent a request, or throws the refusal', async (t) => {
  const gate = paymentsGate()
  t.equal(gate.identify(worker), gate.admit(worker).identity)
  t.equal(
    faultOf(() => gate.identify(nameless)),
    gate.admit(nameless).refusal,
  )
})

t.test('takes identities of the one kind that its rule reads', async (t) => {
  const policy = definePolicy({
    identity: 'dns',
    permissions: ['invoice:read'],
    grants: [{ identity: 'worker.example', allow: ['invoice:read'] }],
  })
  const gate = createPeerGate({ ...options, identity: dnsSan(), policy, clock: () => noon })
  t.equal(gate.identify(requestOf(namedBy(dnsName('worker.example')))).kind, 'dns')
  const named = gate.admit(requestOf(namedBy(uriName(workerId))))
  t.equal(named.refusal?.code, 'ERR_PEERGATE_IDENTITY_MISSING')
})

t.test('stays as it was made, whatever becomes of the options', async (t) => {
  const source: { name: string; read: PeerSource['read'] } = { ...fixedSource }
  const identity: { kind: 'spiffe'; select: IdentityRule['select'] } = { ...workloads }
  const given = { source, identity, policy: paymentsPolicy, clock: () => noon }
  const gate = createPeerGate(given)

  source.read = () => raise('the source was replaced')
  identity.select = () => raise('the rule was replaced')
  Object.assign(identity, { kind: 'dns' })
  given.clock = () => raise('the clock was replaced')
  t.match(gate.identify(worker), { kind: 'spiffe', value: workerId })
})

t.test('calls sources and rules as methods of what they are', async (t) => {
  class Source implements PeerSource {
    readonly name = 'class'
    readonly #inner = fixedSource
    read(request: RequestLike) {
      return this.#inner.read(request)
    }
  }
  class Rule implements IdentityRule<'spiffe'> {
    readonly kind = 'spiffe'
    readonly #inner = workloads
    select(certificate: Parameters<IdentityRule['select']>[0]) {
      return this.#inner.select(certificate)
    }
  }
  const gate = paymentsGate({ source: new Source(), identity: new Rule() })
  t.equal(gate.identify(worker).value, workerId)
})

t.test('keeps two gates of one policy and one source apart', async (t) => {
  const [one, other] = [paymentsGate(), paymentsGate()]
  t.not(one.identify(worker), other.identify(worker))
  const error = faultOf(() => one.guard(other.permission('invoice:read')))
  t.equal(error?.code, 'ERR_PEERGATE_GATE_FOREIGN')
})

function raise(message: string): never {
  throw new Error(message)
}
