import t from 'tap'
import { definePolicy } from '@peergate/core'
import { faultOf } from '../support/fault-of.js'

const define = definePolicy as (options: unknown) => unknown

/** As `JSON.parse` makes them: a key of its own, and not a prototype. */
function withProto(value: unknown): object {
  return Object.defineProperty({}, '__proto__', { value, enumerable: true })
}

const grant = { anyIdentity: true, allow: ['a'] }
const policy = { identity: 'spiffe', permissions: ['a'], grants: [grant] }

const rows: readonly (readonly [option: string, options: object])[] = [
  ['permissions.__proto__', { ...policy, permissions: withProto('for all') }],
  ['roles.__proto__', { ...policy, roles: withProto({ allow: ['a'] }) }],
  [
    'grants.1.where.params.__proto__',
    { ...policy, grants: [grant, { ...grant, where: { params: withProto('a') } }] },
  ],
]

for (const [option, options] of rows) {
  t.test(`refuses ${option}, which the copy of the policy would not have`, async (t) => {
    const error = faultOf(() => define(options))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `definePolicy: option "${option}" must have another name`)
  })
}

const hidden: readonly (readonly [name: string, make: (key: string, value: unknown) => object])[] =
  [
    ['inherits', (key, value) => Object.assign(Object.create({ [key]: value }), { [key]: value })],
    ['hides', (key, value) => Object.defineProperty({ other: value }, key, { value })],
    ['names by a symbol', (key, value) => ({ [key]: value, [Symbol(key)]: value })],
  ]

for (const [name, make] of hidden) {
  t.test(`refuses an object that ${name} what the copy would not have`, async (t) => {
    for (const [option, options] of [
      ['permissions', { ...policy, permissions: make('a', 'for all') }],
      ['roles', { ...policy, roles: make('b', { allow: ['a'] }) }],
      [
        'grants.0.where.params',
        { ...policy, grants: [{ ...grant, where: { params: make('tenant', 'acme') } }] },
      ],
    ] as const) {
      t.equal(
        faultOf(() => define(options))?.detail,
        `definePolicy: option "${option}" must be a plain object, and all its keys enumerable texts`,
      )
    }
  })
}

const long: readonly (readonly [option: string, most: number, make: (list: unknown) => object])[] =
  [
    ['permissions', 10_000, (permissions) => ({ ...policy, permissions })],
    ['roles.a.roles', 10_000, (roles) => ({ ...policy, roles: { a: { roles } } })],
    ['grants', 100_000, (grants) => ({ ...policy, grants })],
    ['grants.0.allow', 10_000, (allow) => ({ ...policy, grants: [{ ...grant, allow }] })],
    ['grants.0.roles', 10_000, (roles) => ({ ...policy, grants: [{ ...grant, roles }] })],
  ]

for (const [option, most, make] of long) {
  t.test(`refuses more than ${most} items of ${option}`, async (t) => {
    const fault = `definePolicy: option "${option}" must not hold more than ${most} items`
    for (const [length, wanted] of [
      [most, /; and \d+ more$/u],
      [most + 1, fault],
    ] as const) {
      const list = Array.from({ length }, () => 1)
      t.match(faultOf(() => define(make(list)))?.detail, wanted)
    }
  })
}

t.test('takes objects without a prototype', async (t) => {
  const params = Object.assign(Object.create(null), { tenant: 'acme' }) as object
  t.equal(
    faultOf(() => define({ ...policy, grants: [{ ...grant, where: { params } }] })),
    null,
  )
})

t.test('leaves what is no policy to its parser', async (t) => {
  for (const options of [undefined, null, { grants: 'a' }, { grants: [null] }, { roles: null }]) {
    t.match(faultOf(() => define(options))?.detail, /must be of the type/u)
  }
})
