import t from 'tap'
import {
  PeerGateError,
  createPeerGate,
  definePolicy,
  dnsSan,
  emailSan,
  spiffe,
} from '@peergate/core'
import type {
  Grant,
  IdentityGrant,
  IdentityRule,
  PeerSource,
  PendingDecision,
  Policy,
  RequestLike,
} from '@peergate/core'
import { dnsName, emailName, namedBy, uriName } from '../support/certificate-facts.js'
import type { SubjectAlternativeName } from '../support/certificate-facts.js'
import { fixedSource, requestOf } from '../support/fixed-source.js'
import { noon, paymentsGate, worker, workerId } from '../support/payments-gate.js'
import { createSeededRandom } from '../support/seeded-random.js'
import type { SeededRandom } from '../support/seeded-random.js'

t.test('names the grant as the policy writes it', async (t) => {
  const gate = paymentsGate()
  const guard = gate.guard(gate.permission('invoice:read'))
  const decision = guard(gate.admit(worker))
  t.strictSame(decision, {
    allowed: true,
    reason: 'granted',
    grant: 'spiffe://prod.example/ns/payments/sa/*',
  })
  t.ok(Object.isFrozen(decision))
  t.equal(guard(gate.admit(worker)), decision, 'nothing is made for a further request')
})

t.test('gives what a trust set is needed for to nobody of another set', async (t) => {
  const grant = { identity: workerId, allow: ['invoice:read'] } as const
  for (const [trustSet, admittedBy, allowed] of [
    ['payments', 'payments', true],
    ['payments', 'batch', false],
    ['payments', null, false],
    [undefined, 'batch', true],
    [undefined, null, true],
  ] as const) {
    const policy = definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [trustSet === undefined ? grant : { ...grant, trustSet }],
    })
    const source: PeerSource = {
      name: 'fixed',
      read(request) {
        const peer = fixedSource.read(request)
        return peer instanceof PeerGateError
          ? peer
          : Object.freeze({ ...peer, trustSet: admittedBy })
      },
    }
    const gate = createPeerGate({
      source,
      identity: spiffe({ trustDomain: 'prod.example' }),
      policy,
      clock: () => noon,
    })
    const decision = await gate.guard(gate.permission('invoice:read'))(gate.admit(worker))
    t.equal(decision.allowed, allowed, `${trustSet} of ${admittedBy}`)
  }
})

function define(...grants: Grant<'invoice:read'>[]): Policy {
  return definePolicy({ identity: 'spiffe', permissions: ['invoice:read'], grants })
}

t.test('takes one identity in two grants only for two trust sets', (t) => {
  const grant = { identity: workerId, allow: ['invoice:read'] } as const
  define({ ...grant, trustSet: 'payments' }, { ...grant, trustSet: 'batch' }, grant)
  t.throws(() => define({ ...grant, trustSet: 'a' }, { ...grant, trustSet: 'a' }), {
    code: 'ERR_PEERGATE_OPTION_INVALID',
  })
  t.end()
})

t.test('names the first of the grants that give a permission', async (t) => {
  const policy = definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    grants: [
      { identity: 'spiffe://prod.example/ns/payments/**', allow: ['invoice:read'] },
      { identity: workerId, allow: ['invoice:read', 'invoice:write'] },
    ],
  })
  t.match(decide(policy, spiffe({ trustDomain: 'prod.example' }), worker, 'invoice:read'), {
    grant: 'spiffe://prod.example/ns/payments/**',
  })
  t.match(decide(policy, spiffe({ trustDomain: 'prod.example' }), worker, 'invoice:write'), {
    grant: workerId,
  })
})

t.test('says in the detail who lacks what, and in the message neither', async (t) => {
  const gate = paymentsGate()
  const decision = await gate.guard(gate.permission('invoice:write'))(gate.admit(worker))
  t.match(decision, {
    allowed: false,
    reason: 'not-granted',
    error: {
      code: 'ERR_PEERGATE_PERMISSION_DENIED',
      statusCode: 403,
      message: 'the client may not do this',
      detail: `no grant gives invoice:write to "${workerId}"`,
    },
  })
})

t.test('writes identities so that they cannot forge the log', async (t) => {
  const gate = paymentsGate()
  const identity = { ...gate.identify(worker), value: 'Worker\n\u001b[2Kroot\u202e' }
  const guard = gate.guard(gate.permission('invoice:read'))
  t.match(guard({ evidence: {}, identity, refusal: null }), {
    error: { detail: String.raw`no grant gives invoice:read to "Worker\n\u001b[2Kroot\u202e"` },
  })
})

t.test('grants nothing to the same text in another kind', async (t) => {
  const gate = paymentsGate()
  const guard = gate.guard(gate.permission('invoice:read'))
  const identity = { ...gate.identify(worker), kind: 'commonName' } as const
  const evidence = worker.socket as object
  t.match(guard({ evidence, identity, refusal: null }), { reason: 'not-granted' })
})

/** One kind of identity: random texts of it, and what a pattern means, told as simply as possible. */
interface Kind {
  readonly rule: IdentityRule
  readonly name: (identity: string) => SubjectAlternativeName
  readonly identity: (random: SeededRandom) => string
  readonly pattern: (random: SeededRandom) => string
  readonly matches: (pattern: string, identity: string) => boolean
}

const words = ['a', 'b', 'c'] as const

const kinds: readonly [Kind, ...Kind[]] = [
  {
    rule: spiffe({ trustDomain: 'd' }),
    name: uriName,
    identity: (random) => `spiffe://d/${join(random, '/', words)}`,
    pattern: (random) =>
      `spiffe://d/${join(random, '/', [...words, '*'])}${random.once(3) ? '/**' : ''}`,
    matches(pattern, identity) {
      const [wanted, found] = [pattern.split('/'), identity.split('/')]
      if (wanted.at(-1) !== '**') return isEqual(wanted, found)
      const parents = wanted.slice(0, -1)
      return found.length > parents.length && isEqual(parents, found.slice(0, parents.length))
    },
  },
  {
    rule: dnsSan(),
    name: dnsName,
    identity: (random) => `${join(random, '.', words)}.b.example`,
    pattern: (random) => `${random.pick(['', '*.', '**.'])}${join(random, '.', words)}.b.example`,
    matches(pattern, identity) {
      const [wanted, found] = [pattern.split('.').toReversed(), identity.split('.').toReversed()]
      if (wanted.at(-1) !== '**') return isEqual(wanted, found)
      const parents = wanted.slice(0, -1)
      return found.length > parents.length && isEqual(parents, found.slice(0, parents.length))
    },
  },
  {
    rule: emailSan(),
    name: emailName,
    identity: (random) => `${random.pick(words)}@${random.pick(words)}.example`,
    pattern: (random) => `${random.pick([...words, '*'])}@${random.pick(words)}.example`,
    matches: (pattern, identity) => isEqual(pattern.split('@'), identity.split('@')),
  },
]

function join(
  random: SeededRandom,
  separator: string,
  from: readonly [string, ...string[]],
): string {
  return Array.from({ length: 1 + random.below(3) }, () => random.pick(from)).join(separator)
}

function isEqual(wanted: readonly string[], found: readonly string[]): boolean {
  return (
    wanted.length === found.length &&
    wanted.every((word, index) => word === '*' || word === found[index])
  )
}

t.test('decides as a reading of the grants one by one does', async (t) => {
  const random = createSeededRandom(2026)
  const permissions = ['p', 'q', 'r'] as const
  const counts = { allowed: 0, denied: 0 }
  for (let round = 0; round < 400; round += 1) {
    const kind = random.pick(kinds)
    const grants = randomGrants(random, kind, permissions)
    const policy = definePolicy({ identity: kind.rule.kind, permissions, grants })
    const gate = createPeerGate({
      source: fixedSource,
      identity: kind.rule,
      policy,
      clock: () => noon,
    })
    for (let turn = 0; turn < 20; turn += 1) {
      const identity = kind.identity(random)
      const permission = random.pick(permissions)
      const expected = grants.find(
        (grant) => grant.allow.includes(permission) && kind.matches(grant.identity, identity),
      )
      const admission = gate.admit(requestOf(namedBy(kind.name(identity))))
      const decision = await gate.guard(gate.permission(permission))(admission)
      counts[decision.allowed ? 'allowed' : 'denied'] += 1
      const found = decision.allowed ? decision.grant : undefined
      if (found === expected?.identity) continue
      t.fail(`${permission} for ${identity} by ${JSON.stringify(grants)}: ${found}`)
    }
  }
  t.equal(counts.allowed + counts.denied, 8000)
  t.ok(counts.allowed > 1000 && counts.denied > 1000, JSON.stringify(counts))
})

function randomGrants<Permission extends string>(
  random: SeededRandom,
  kind: Kind,
  permissions: readonly Permission[],
): readonly (IdentityGrant<Permission> & { readonly allow: readonly Permission[] })[] {
  const patterns = new Set(Array.from({ length: 1 + random.below(6) }, () => kind.pattern(random)))
  return Array.from(patterns, (identity) => {
    const allow = permissions.filter(() => random.once(2))
    return { identity, allow: allow.length === 0 ? permissions : allow }
  })
}

function decide(
  policy: Policy,
  identity: IdentityRule,
  request: RequestLike,
  permission: string,
): PendingDecision {
  const gate = createPeerGate({ source: fixedSource, identity, policy, clock: () => noon })
  return gate.guard(gate.permission(permission))(gate.admit(request))
}
