import assert from 'node:assert/strict'
import { PeerGateError, createPeerGate, definePolicy, policyFile } from '@peergate/core'
import type { ClientIdentity, Policy, PolicyFile } from '@peergate/core'
import t from 'tap'
import { stringify } from 'yaml'
import { fixedSource } from '../../support/fixed-source.js'
import { policyFolder } from '../../support/policy-folder.js'
import { randomIdentity, randomPolicy, randomRequest } from '../../support/random-policy.js'
import { createSeededRandom } from '../../support/seeded-random.js'
import type { SeededRandom } from '../../support/seeded-random.js'

const { write } = policyFolder(t)
const random = createSeededRandom(20261124)
const moments = ['2026-01-01', '2026-06-01', '2027-01-01'].map((day) => Date.parse(day)) as [
  number,
  ...number[],
]

t.test('decides by a policy in a file as by the same policy in TypeScript', async (t) => {
  let [policies, allowed, denied, refused] = [0, 0, 0, 0]
  for (let round = 0; round < 400; round += 1) {
    const content = randomPolicy(random)
    const { identity, permissions } = content
    const files = [
      write(`${round}.json`, JSON.stringify(content, null, random.below(3))),
      write(`${round}.yaml`, asYaml(content, random)),
    ]
    const stated = attempt(() => definePolicy(content as never))
    for (const path of files) {
      const read = attempt(() => policyFile({ path, identity, permissions: [] }))
      if (stated instanceof PeerGateError || read instanceof PeerGateError) {
        assert.deepEqual(faultOf(read, path), faultOf(stated, path))
        refused += 1
        continue
      }
      policies += 1
      const deciders = [createDecider(stated), createDecider(read)] as const
      for (let question = 0; question < 20; question += 1) {
        const [client, now] = [randomIdentity(random, identity), random.pick(moments)]
        const [permission, params] = [random.pick(names(permissions)), randomRequest(random)]
        const [one = '', other] = deciders.map((decide) =>
          decide({ client, now, permission, params }),
        )
        assert.equal(one, other, JSON.stringify({ content, client, permission }))
        if (one.startsWith('{"allowed":true')) allowed += 1
        else denied += 1
      }
    }
  }
  t.ok(policies > 500, `${policies} policies`)
  t.ok(refused > 50, `${refused} refused`)
  t.ok(allowed > 1000 && denied > 1000, `${allowed} allowed, ${denied} denied`)
})

function names(permissions: object): [string, ...string[]] {
  return (Array.isArray(permissions) ? permissions : Object.keys(permissions)) as [string]
}

function asYaml(content: object, random: SeededRandom): string {
  return stringify(content, {
    aliasDuplicateObjects: false,
    collectionStyle: random.pick(['any', 'block', 'flow']),
    defaultStringType: random.pick(['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE']),
    indent: 2 + random.below(3),
    lineWidth: random.pick([0, 40, 80]),
  })
}

interface Question {
  readonly client: ClientIdentity
  readonly now: number
  readonly permission: string
  readonly params: unknown
}

/** What a gate with this policy decides, as a text. */
function createDecider(policy: Policy | PolicyFile): (question: Question) => string {
  let time = 0
  const gate = createPeerGate({
    source: fixedSource,
    identity: { kind: policy.identity, select: String },
    policy,
    clock: () => time,
  })
  return ({ client, now, permission, params }) => {
    time = now
    const guard = gate.guard(gate.permission(permission))
    const decision = guard({ evidence: {}, identity: client, refusal: null }, undefined, params)
    assert.ok(!(decision instanceof Promise))
    return JSON.stringify({ ...decision, detail: decision.allowed ? null : decision.error.detail })
  }
}

function attempt<Made>(make: () => Made): Made | PeerGateError {
  try {
    return make()
  } catch (error) {
    if (error instanceof PeerGateError) return error
    throw error
  }
}

/** The fault without its places. */
function faultOf(made: unknown, path: string): object | null {
  if (!(made instanceof PeerGateError)) return null
  const place = new RegExp(`${path}:\\d+:\\d+: |definePolicy: `, 'gu')
  return { code: made.code, detail: made.detail.replaceAll(place, '') }
}
