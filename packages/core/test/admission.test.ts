import t from 'tap'
import { PeerGateError, createPeerGate, definePolicy } from '@peergate/core'
import type { IdentityRule, PeerSource } from '@peergate/core'
import { certificateFacts, namedBy, uriName } from './support/certificate-facts.js'
import { evidenceOf, fixedSource, requestOf } from './support/fixed-source.js'
import {
  nameless,
  noon,
  paymentsGate,
  paymentsPolicy,
  worker,
  workerId,
  workloads,
} from './support/payments-gate.js'

t.test('takes the identity from the certificate, frozen', async (t) => {
  const { identity, refusal, evidence } = paymentsGate().admit(worker)
  t.strictSame(identity, {
    kind: 'spiffe',
    value: workerId,
    issuer: 'CN=Payments Client CA',
    serialNumber: 'C0FFEE01',
    fingerprint256: Array.from({ length: 32 }, () => 'AB').join(':'),
    notBefore: Date.UTC(2026, 0, 1),
    notAfter: Date.UTC(2027, 0, 1),
    assurance: 'tls',
    source: 'fixed',
    trustSet: 'payments',
  })
  t.ok(Object.isFrozen(identity))
  t.equal(refusal, null)
  t.equal(evidence, worker.socket)
})

t.test('makes one identity for every request of a connection', async (t) => {
  let selected = 0
  const counting: IdentityRule<'spiffe'> = {
    kind: 'spiffe',
    select(certificate) {
      selected += 1
      return workloads.select(certificate)
    },
  }
  const gate = paymentsGate({ identity: counting })
  const admission = gate.admit(worker)
  t.ok(Object.isFrozen(admission))
  t.equal(gate.admit({ socket: worker.socket }), admission)
  t.equal(gate.identify(worker), admission.identity)
  t.equal(selected, 1)

  const other = gate.admit(requestOf(namedBy(uriName(workerId))))
  t.not(other.identity, admission.identity)
  t.strictSame(other.identity, admission.identity)
  t.equal(selected, 2)
})

t.test('remembers why a connection has no identity', async (t) => {
  const gate = paymentsGate()
  const admission = gate.admit(nameless)
  t.equal(admission.identity, null)
  t.equal(admission.refusal?.code, 'ERR_PEERGATE_IDENTITY_MISSING')
  t.equal(admission.evidence, nameless.socket)
  t.ok(Object.isFrozen(admission))
  t.equal(gate.admit(nameless), admission)
})

const fingerprint256 = Array.from({ length: 32 }, () => 'AB').join(':')
const notBefore = Date.UTC(2026, 0, 1)
const notAfter = Date.UTC(2026, 0, 2) - 1000

const lapses: readonly (readonly [now: number, code: string | null, detail?: string])[] = [
  [
    notBefore - 1,
    'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID',
    `the certificate ${fingerprint256} is valid from 2026-01-01T00:00:00.000Z, and this clock says 2025-12-31T23:59:59.999Z`,
  ],
  [notBefore, null],
  [notAfter, null],
  [
    notAfter + 1,
    'ERR_PEERGATE_CERTIFICATE_EXPIRED',
    `the certificate ${fingerprint256} expired 2026-01-01T23:59:59.000Z, and this clock says 2026-01-01T23:59:59.001Z`,
  ],
]

for (const [now, code, detail] of lapses) {
  t.test(`compares the validity with the clock, both ends included: ${now}`, async (t) => {
    const facts = { ...namedBy(uriName(workerId)), notBefore, notAfter }
    const { evidence, refusal } = paymentsGate({ clock: () => now }).admit(requestOf(facts))
    t.equal(refusal?.code ?? null, code)
    t.equal(refusal?.statusCode ?? null, code === null ? null : 401)
    t.equal(refusal?.detail, detail)
    t.equal(evidence === null, code !== null, 'a lapsed certificate proves nothing')
  })
}

t.test('compares the validity on every request of an open connection', async (t) => {
  let now = notAfter
  const gate = paymentsGate({ clock: () => now })
  const facts = { ...namedBy(uriName(workerId)), notBefore, notAfter }
  const [request, unnamed] = [requestOf(facts), requestOf({ ...facts, ...namedBy(), notAfter })]
  const identity = gate.identify(request)
  t.equal(gate.admit(unnamed).refusal?.code, 'ERR_PEERGATE_IDENTITY_MISSING')

  now += 1
  t.equal(gate.admit(request).identity, null)
  t.equal(gate.admit(request).refusal?.code, 'ERR_PEERGATE_CERTIFICATE_EXPIRED')
  t.equal(gate.admit(unnamed).refusal?.code, 'ERR_PEERGATE_CERTIFICATE_EXPIRED')

  now -= 1
  t.equal(gate.identify(request), identity)
})

t.test('refuses whom the source refuses, in the words of the source', async (t) => {
  const error = new PeerGateError('ERR_PEERGATE_CERTIFICATE_MISSING', 'none was sent')
  t.strictSame(paymentsGate().admit({ socket: error }), {
    evidence: null,
    identity: null,
    refusal: error,
  })
  const throwing: PeerSource = { name: 'throwing', read: () => raise(error) }
  t.equal(paymentsGate({ source: throwing }).admit({}).refusal, error)
})

const oops = new Error('oops')
const threw = 'its source or its clock threw'
const mutable = 'its source gave evidence that is not frozen'
const { certificate } = evidenceOf(namedBy(uriName(workerId)))
const frozen = { source: 'fixed', assurance: 'tls', trustSet: null }

const faultyReads: readonly (readonly [string, () => unknown, fault: string])[] = [
  ['throws', () => raise(oops), threw],
  ['throws what is no error', () => raise(Symbol('oops')), threw],
  ['gives nothing', () => undefined, threw],
  ['gives null', () => null, threw],
  ['gives text', () => 'spiffe://prod.example/ns/payments/sa/worker', threw],
  ['gives a promise', () => Promise.resolve(worker.socket), threw],
  ['gives no certificate', () => Object.freeze({ ...frozen }), threw],
  [
    'gives a certificate without an issuer',
    () =>
      Object.freeze({ ...frozen, certificate: Object.freeze({ ...certificate, issuer: null }) }),
    threw,
  ],
  [
    'gives a certificate without a validity',
    () =>
      Object.freeze({ ...frozen, certificate: Object.freeze({ ...certificate, notBefore: NaN }) }),
    threw,
  ],
  ['gives mutable evidence', () => ({ ...frozen, certificate }), mutable],
  [
    'gives a mutable certificate',
    () => Object.freeze({ ...frozen, certificate: { ...certificate } }),
    mutable,
  ],
]

for (const [name, read, fault] of faultyReads) {
  t.test(`admits nobody by a source that ${name}`, async (t) => {
    const source = { name: 'faulty', read } as PeerSource
    const { evidence, identity, refusal } = paymentsGate({ source }).admit({})
    t.equal(evidence, null)
    t.equal(identity, null)
    t.equal(refusal?.code, 'ERR_PEERGATE_GATE_FAULTY')
    t.equal(refusal?.statusCode, 500)
    t.equal(refusal?.message, 'this service cannot identify its peers')
    t.equal(refusal?.detail, `the gate could not judge the request: ${fault}`)
  })
}

t.test('keeps what a source threw as the cause', async (t) => {
  const source: PeerSource = { name: 'faulty', read: () => raise(oops) }
  t.equal(paymentsGate({ source }).admit({}).refusal?.cause, oops)
})

const faultyClocks: readonly (readonly [string, () => unknown, fault: string])[] = [
  ['gives NaN', () => NaN, 'its clock gave NaN'],
  ['gives nothing', () => undefined, 'its clock gave undefined'],
  ['gives infinity', () => Infinity, 'its clock gave Infinity'],
  ['gives minus infinity', () => -Infinity, 'its clock gave -Infinity'],
  ['gives text', () => 'noon', 'its clock gave noon'],
  ['gives a promise', () => Promise.resolve(0), 'its clock gave [object Promise]'],
  ['gives a symbol', () => Symbol('noon'), 'its clock gave Symbol(noon)'],
  ['gives a bigint', () => BigInt(noon), `its clock gave ${noon}`],
  ['gives the right time as text', () => String(noon), `its clock gave ${noon}`],
  ['gives what cannot be shown', () => Object.create(null), threw],
  ['throws', () => raise(oops), threw],
]

for (const [name, clock, fault] of faultyClocks) {
  t.test(`admits nobody by a clock that ${name}`, async (t) => {
    const { evidence, refusal } = paymentsGate({ clock: clock as () => number }).admit(worker)
    t.equal(evidence, null)
    t.equal(refusal?.code, 'ERR_PEERGATE_GATE_FAULTY')
    t.equal(refusal?.detail, `the gate could not judge the request: ${fault}`)
  })
}

const configuration = new PeerGateError('ERR_PEERGATE_OPTION_INVALID', 'secret')

const faultySelects: readonly (readonly [string, () => unknown, fault: string])[] = [
  [
    'gives an empty text',
    () => '',
    'the identity rule gave "": a SPIFFE ID must begin with spiffe://',
  ],
  [
    'gives an identity of another kind',
    () => 'worker.example.com',
    'the identity rule gave "worker.example.com": a SPIFFE ID must begin with spiffe://',
  ],
  [
    'gives another spelling of an identity',
    () => 'SPIFFE://prod.example/ns/payments/sa/worker',
    'the identity rule gave "SPIFFE://prod.example/ns/payments/sa/worker": a SPIFFE ID must begin with spiffe://',
  ],
  ['gives nothing', () => undefined, 'the identity rule gave no text'],
  ['gives null', () => null, 'the identity rule gave no text'],
  ['gives a number', () => 42, 'the identity rule gave no text'],
  ['gives a list', () => [workerId], 'the identity rule gave no text'],
  ['gives an object of text', () => Object(workerId), 'the identity rule gave no text'],
  ['gives a promise', () => Promise.resolve(workerId), 'the identity rule gave no text'],
  ['throws', () => raise(oops), 'the identity rule threw'],
  ['throws nothing', () => raise(undefined), 'the identity rule threw'],
  ['throws an error of another layer', () => raise(configuration), 'the identity rule threw'],
]

for (const [name, select, detail] of faultySelects) {
  t.test(`makes no identity by a rule that ${name}`, async (t) => {
    const identity = { kind: 'spiffe', select } as IdentityRule<'spiffe'>
    const admission = paymentsGate({ identity }).admit(worker)
    t.equal(admission.identity, null)
    t.equal(admission.evidence, worker.socket, 'the certificate is accepted nevertheless')
    t.equal(admission.refusal?.code, 'ERR_PEERGATE_IDENTITY_INVALID')
    t.equal(admission.refusal?.statusCode, 403)
    t.equal(admission.refusal?.detail, detail)
  })
}

const malformedEvidence: readonly (readonly [string, object, object, fault: string])[] = [
  [
    'leaves out the trust set',
    { trustSet: undefined },
    {},
    'its source gave a trust set that is neither a text nor null',
  ],
  ...[undefined, '', fingerprint256.toLowerCase(), fingerprint256.replaceAll(':', '')].map(
    (given) =>
      [
        `writes the fingerprint as ${given}`,
        {},
        { fingerprint256: given },
        'its source gave a fingerprint that is not written as Node writes it',
      ] as const,
  ),
]

for (const [name, evidence, facts, fault] of malformedEvidence) {
  t.test(`admits nobody by a source that ${name}`, async (t) => {
    const certificate = Object.freeze({ ...namedBy(uriName(workerId)), ...facts })
    const socket = Object.freeze({ ...evidenceOf(certificate), ...evidence })
    const { evidence: proved, refusal } = paymentsGate().admit({ socket })
    t.equal(proved, null)
    t.equal(refusal?.code, 'ERR_PEERGATE_GATE_FAULTY')
    t.equal(refusal?.detail, `the gate could not judge the request: ${fault}`)
  })
}

t.test('refuses in the words of a rule', async (t) => {
  const error = new PeerGateError('ERR_PEERGATE_TRUST_DOMAIN_MISMATCH', 'not ours')
  const identity: IdentityRule<'spiffe'> = { kind: 'spiffe', select: () => raise(error) }
  t.equal(paymentsGate({ identity }).admit(worker).refusal, error)
})

t.test('takes the time from Date.now unless it is given a clock', async (t) => {
  const now = Date.now()
  const current = { notBefore: now - 60_000, notAfter: now + 60_000 }
  const past = { notBefore: now - 60_000, notAfter: now - 1 }
  const gate = createPeerGate({
    source: fixedSource,
    identity: workloads,
    policy: paymentsPolicy,
  })
  const { subjectAlternativeNames } = namedBy(uriName(workerId))
  const admit = (validity: object) =>
    gate.admit(requestOf(certificateFacts({ ...validity, subjectAlternativeNames })))
  t.equal(admit(current).identity?.value, workerId)
  t.equal(admit(past).refusal?.code, 'ERR_PEERGATE_CERTIFICATE_EXPIRED')
})

function raise(error: unknown): never {
  throw error
}

t.test('makes no identity of another spelling than the canonical one', async (t) => {
  const identity: IdentityRule<'dns'> = { kind: 'dns', select: () => 'Worker.example.com' }
  const policy = definePolicy({
    identity: 'dns',
    permissions: ['invoice:read'],
    grants: [
      { anyIdentity: true, allow: ['invoice:read'] },
      { identity: 'worker.example.com', deny: ['invoice:read'] },
    ],
  })
  const gate = createPeerGate({ source: fixedSource, identity, policy, clock: () => noon })
  t.match(gate.admit(worker), {
    identity: null,
    refusal: {
      code: 'ERR_PEERGATE_IDENTITY_INVALID',
      detail:
        'the identity rule gave "Worker.example.com": an identity must be in its canonical form',
    },
  })
})
