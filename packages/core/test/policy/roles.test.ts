import t from 'tap'
import { definePolicy } from '@peergate/core'
import type { Policy } from '@peergate/core'
import { atOnce, gateBy, mayRead, senderWith } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'
import { workerId } from '../support/payments-gate.js'

const define = definePolicy as (options: unknown) => Policy

function withRoles(roles: unknown, named: readonly string[] = ['clerk']): unknown {
  return {
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    roles,
    grants: [{ identity: workerId, roles: named }],
  }
}

const faults: readonly (readonly [string, options: unknown, fault: string, code?: string])[] = [
  [
    'a role that is not known',
    withRoles({ clerk: { allow: ['invoice:read'] } }, ['clerk', 'clark']),
    'option "grants.0.roles.1" names the role "clark", which is not known; did you mean "clerk"?',
  ],
  [
    'a role where there are none',
    withRoles({}, ['toString']),
    'option "grants.0.roles.0" names the role "toString", which is not known',
  ],
  [
    'a role within another that is not known',
    withRoles({ clerk: { roles: ['auditor'] } }),
    'option "roles.clerk.roles.0" names the role "auditor", which is not known',
  ],
  [
    'a role that holds itself',
    withRoles({ clerk: { allow: ['invoice:read'], roles: ['clerk'] } }),
    'option "roles.clerk" must not hold itself: "clerk" holds "clerk"',
  ],
  [
    'roles that hold one another',
    withRoles({ clerk: { roles: ['a'] }, a: { roles: ['b'] }, b: { roles: ['a'] } }),
    'option "roles.a" must not hold itself: "a" holds "b" holds "a"',
  ],
  [
    'a role of nothing',
    withRoles({ clerk: {} }),
    'option "roles.clerk" must allow something, or hold a role that does',
  ],
  [
    'a role with an empty list',
    withRoles({ clerk: { allow: [] } }),
    'option "roles.clerk.allow" must name at least one',
  ],
  [
    'a role with an empty list of roles',
    withRoles({ clerk: { allow: ['invoice:read'], roles: [] } }),
    'option "roles.clerk.roles" must name at least one',
  ],
  [
    'a role that denies',
    withRoles({ clerk: { allow: ['invoice:read'], deny: ['invoice:write'] } }),
    'option "roles.clerk.deny" is not known',
  ],
  [
    'a role that repeats itself',
    withRoles({ clerk: { allow: ['invoice:read', 'invoice:read'] } }),
    'option "roles.clerk.allow.1" names "invoice:read" twice',
  ],
  [
    'a role that names another twice',
    withRoles({ a: { allow: ['invoice:read'] }, clerk: { roles: ['a', 'a'] } }),
    'option "roles.clerk.roles.1" names "a" twice',
  ],
  [
    'a grant that names a role twice',
    withRoles({ clerk: { allow: ['invoice:read'] } }, ['clerk', 'clerk']),
    'option "grants.0.roles.1" names "clerk" twice',
  ],
  [
    'a grant with an empty list of roles',
    withRoles({ clerk: { allow: ['invoice:read'] } }, []),
    'option "grants.0.roles" must name at least one',
  ],
  [
    'a role of a misspelt permission',
    withRoles({ clerk: { allow: ['invoice:raed'] } }),
    'option "roles.clerk.allow.0" names the permission "invoice:raed", which is not known; did you mean "invoice:read"?',
    'ERR_PEERGATE_PERMISSION_UNKNOWN',
  ],
  [
    'a role whose name has a space',
    withRoles({ 'head clerk': { allow: ['invoice:read'] } }),
    'option "roles.head clerk" must be printable ASCII without spaces, such as "invoice:read"',
  ],
  [
    'a role called __proto__',
    withRoles(JSON.parse('{"__proto__":{"allow":["invoice:read"]}}'), ['__proto__']),
    'option "roles.__proto__" must have another name',
  ],
]

for (const [name, options, fault, code = 'ERR_PEERGATE_OPTION_INVALID'] of faults) {
  t.test(`refuses ${name}`, async (t) => {
    const error = faultOf(() => define(options))
    t.equal(error?.code, code)
    t.equal(error?.detail, `definePolicy: ${fault}`)
  })
}

function chain(length: number): [string, object][] {
  return Array.from({ length }, (_, index) => [
    `r${index}`,
    index === length - 1 ? { allow: ['invoice:read'] } : { roles: [`r${index + 1}`] },
  ])
}

t.test('takes 32 roles in a row, and refuses more in any order', async (t) => {
  for (const [length, first, last] of [
    [33, 'r32', 'r0'],
    [20_000, 'r32', 'r19967'],
  ] as const) {
    for (const [roles, name] of [
      [chain(length), first],
      [chain(length).toReversed(), last],
    ] as const) {
      const error = faultOf(() => define(withRoles(Object.fromEntries(roles), ['r0'])))
      t.equal(
        error?.detail,
        `definePolicy: option "roles.${name}" is one of more than 32 roles in a row, each within the next; flatten them`,
      )
    }
  }
  for (const roles of [chain(32), chain(32).toReversed()]) {
    t.equal(
      faultOf(() => define(withRoles(Object.fromEntries(roles), ['r0']))),
      null,
    )
  }
})

t.test('gives what the roles within a role allow, in any order and depth', async (t) => {
  const roles = {
    chief: { roles: ['head', 'clerk'] },
    head: { roles: ['clerk'], allow: ['invoice:write'] },
    clerk: { allow: ['invoice:read'] },
  } as const
  for (const [role, read, write] of [
    ['clerk', true, false],
    ['head', true, true],
    ['chief', true, true],
  ] as const) {
    const gate = gateBy([{ identity: workerId, roles: [role] }], { roles })
    const decide = (tag: 'invoice:read' | 'invoice:write') =>
      atOnce(gate.guard(gate.permission(tag))(senderWith())).allowed
    t.strictSame([decide('invoice:read'), decide('invoice:write')], [read, write], role)
  }
})

t.test('gives nothing by a role that nobody was granted', async (t) => {
  const roles = { clerk: { allow: ['invoice:read'] } } as const
  const gate = gateBy([{ identity: workerId, allow: ['invoice:write'] }], { roles })
  t.equal(mayRead(gate).allowed, false)
})

t.test('knows roles that are called like members of the prototype', async (t) => {
  for (const name of ['constructor', 'hasOwnProperty', 'toString']) {
    const roles = { [name]: { allow: ['invoice:read'] } } as const
    t.equal(mayRead(gateBy([{ identity: workerId, roles: [name] }], { roles })).allowed, true)
  }
})

t.test('keeps of a role what its grant does not deny', async (t) => {
  const roles = { clerk: { allow: ['invoice:read', 'invoice:write'] } } as const
  const gate = gateBy([{ identity: workerId, roles: ['clerk'], deny: ['invoice:read'] }], { roles })
  t.match(mayRead(gate), { allowed: false, reason: 'denied', grant: workerId })
  const write = gate.guard(gate.permission('invoice:write'))
  t.match(write(senderWith()), { allowed: true, reason: 'granted', grant: workerId })
})
