import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import {
  allOf,
  anyOf,
  authenticated,
  createPeerGate,
  definePolicy,
  minimumAssurance,
  trustSet,
} from '@peergate/core'
import type { IdentityRequirement, PeerGate } from '@peergate/core'
import { fixedSource } from './fixed-source.js'
import {
  randomPermissions,
  randomPolicy,
  randomRequest,
  randomRequirement,
} from './random-decisions.js'
import { judgeByReading } from './reference-policy.js'
import type { ReferenceAnswer, ReferenceCase, ReferenceRequirement } from './reference-policy.js'
import { createSeededRandom } from './seeded-random.js'

/** How often the gate and the reference came to an answer. */
export interface DecisionCounts {
  readonly allowed: number
  readonly denied: number
  readonly reasons: ReadonlyMap<string, number>
}

/**
 * Decides `cases` requests, each by a random policy of its own, and twice, since what is remembered
 * must be the same.
 *
 * @throws {AssertionError} where the gate, or its explanation, disagrees with the reference
 */
export function compareDecisions(cases: number, seed: number): DecisionCounts {
  const random = createSeededRandom(seed)
  const reasons = new Map<string, number>()
  let allowed = 0
  for (let left = cases; left > 0; left -= 1) {
    const policy = randomPolicy(random)
    const subject = { ...policy, ...randomRequest(random, policy.kind) }
    const requirement = randomRequirement(random)
    const expected = judgeByReading(requirement, subject)
    allowed += Number(expected.allowed)
    reasons.set(expected.reason, (reasons.get(expected.reason) ?? 0) + 1)
    compare(requirement, subject, expected)
  }
  return { allowed, denied: cases - allowed, reasons }
}

function compare(
  requirement: ReferenceRequirement,
  subject: ReferenceCase,
  expected: ReferenceAnswer,
): void {
  const { identity, params } = subject
  const gate = createGate(subject)
  const asked = state(gate, requirement)
  const guard = gate.guard(asked)
  const sender = { evidence: {}, identity, refusal: null }
  const first = guard(sender, undefined, params)
  assert.ok(!(first instanceof Promise))
  assert.equal(guard(sender, undefined, params), first, 'a further request gets the same decision')
  const peers = expected.grant === null ? null : nameOf(subject, expected.grant)
  const isSame =
    first.allowed === expected.allowed && first.reason === expected.reason && first.grant === peers
  const { permissions } = gate.explain(identity, asked, params)
  const misled = permissions.find(
    ({ permission, outcome }) => outcome !== judgeByReading({ permission }, subject).reason,
  )
  /* c8 ignore next 3 -- only a disagreement comes here */
  if (!isSame || misled !== undefined) {
    assert.fail(inspect({ subject, requirement, expected, first, misled }, { depth: 9 }))
  }
}

function createGate({ kind, roles, grants, now }: ReferenceCase): PeerGate<string> {
  const policy = definePolicy<typeof kind, string, string>({
    identity: kind,
    permissions: randomPermissions,
    roles,
    grants,
  })
  const identity = { kind, select: String }
  return createPeerGate({ source: fixedSource, identity, policy, clock: () => now })
}

function state(gate: PeerGate<string>, requirement: ReferenceRequirement): IdentityRequirement {
  if ('permission' in requirement) return gate.permission(requirement.permission)
  if ('trustSet' in requirement) return trustSet(requirement.trustSet)
  if ('minimumAssurance' in requirement) return minimumAssurance(requirement.minimumAssurance)
  if ('authenticated' in requirement) return authenticated
  const parts = 'allOf' in requirement ? requirement.allOf : requirement.anyOf
  const [first, ...rest] = parts.map((part) => state(gate, part))
  assert.ok(first !== undefined)
  return 'allOf' in requirement ? allOf(first, ...rest) : anyOf(first, ...rest)
}

function nameOf({ grants }: ReferenceCase, at: number): string {
  const grant = grants[at]
  return grant?.identity ?? grant?.fingerprint256 ?? 'any identity'
}
