import t from 'tap'
import { gateBy, mayRead } from '../support/decide-by.js'
import { faultOf } from '../support/fault-of.js'

const perTenant = 'spiffe://prod.example/ns/{tenant}/sa/*'
const scoped = { identity: perTenant, where: { params: { tenant: '{tenant}' } } } as const
const fixed = { anyIdentity: true, where: { params: { tenant: 'acme' } } } as const

function ofTenant(tenant: string): { readonly value: string } {
  return { value: `spiffe://prod.example/ns/${tenant}/sa/worker` }
}

const throwing = {
  get tenant(): never {
    throw new Error('the getter threw')
  },
}

const hostile = new Proxy(
  {},
  {
    getOwnPropertyDescriptor() {
      throw new Error('the trap threw')
    },
  },
)

const nothingLike: readonly (readonly [string, unknown])[] = [
  ['no parameters', undefined],
  ['parameters that are null', null],
  ['parameters that are text', 'acme'],
  ['a route without the parameter', { id: 'acme' }],
  ['a parameter that is inherited', Object.create({ tenant: 'acme' })],
  ['a parameter that is undefined', { tenant: undefined }],
  ['a parameter that is a list', { tenant: ['acme'] }],
  ['a parameter that is an object of text', { tenant: Object('acme') }],
  ['a parameter whose getter throws', throwing],
  ['parameters whose trap throws', hostile],
]

const others: readonly (readonly [string, unknown])[] = [
  ['another tenant', { tenant: 'other' }],
  ['the tenant in other letters', { tenant: 'Acme' }],
  ['the tenant and a space', { tenant: 'acme ' }],
  ['an empty tenant', { tenant: '' }],
  ['the capture as it is written', { tenant: '{tenant}' }],
  ['a wildcard', { tenant: '*' }],
]

for (const [form, target] of [
  ['a capture', scoped],
  ['a text', fixed],
] as const) {
  const allowing = gateBy([{ ...target, allow: ['invoice:read'] }])
  const denying = gateBy([
    { anyIdentity: true, allow: ['invoice:read'] },
    { ...target, deny: ['invoice:read'] },
  ])

  t.test(`compares ${form} with the parameter`, async (t) => {
    const bare: unknown = Object.assign(Object.create(null), { tenant: 'acme' })
    for (const params of [{ tenant: 'acme' }, { tenant: 'acme', id: '1' }, bare]) {
      t.equal(mayRead(allowing, ofTenant('acme'), params).allowed, true)
      t.equal(mayRead(denying, ofTenant('acme'), params).allowed, false)
    }
  })

  for (const [name, params] of others) {
    t.test(`has by ${form} neither grant nor denial for ${name}`, async (t) => {
      t.equal(mayRead(allowing, ofTenant('acme'), params).allowed, false)
      t.equal(mayRead(denying, ofTenant('acme'), params).allowed, true)
    })
  }

  for (const [name, params] of nothingLike) {
    t.test(`gives by ${form} nothing, and denies, for ${name}`, async (t) => {
      t.equal(mayRead(allowing, ofTenant('acme'), params).allowed, false)
      t.equal(mayRead(denying, ofTenant('acme'), params).allowed, false)
    })
  }
}

t.test('gives to each identity of a pattern only what is its own', async (t) => {
  const gate = gateBy([{ ...scoped, allow: ['invoice:read'] }])
  for (const own of ['acme', 'globex', '*', '{tenant}', '__proto__', 'constructor']) {
    for (const asked of ['acme', 'globex', '*', '{tenant}', '__proto__', 'constructor']) {
      const { allowed } = mayRead(gate, ofTenant(own), { tenant: asked })
      t.equal(allowed, own === asked, `${own} asks for ${asked}`)
    }
  }
})

t.test('says in the log which parameter is needed', async (t) => {
  const gate = gateBy([{ ...scoped, allow: ['invoice:read'] }])
  const { value } = ofTenant('acme')
  t.match(mayRead(gate, ofTenant('acme'), { tenant: 'other' }), {
    error: {
      detail: `no grant gives invoice:read to "${value}"; grants.0 needs the parameter "tenant" of the route to be the tenant of the identity`,
    },
  })
})

t.test('compares parameters that are called like members of the prototype', async (t) => {
  for (const name of ['constructor', 'hasOwnProperty', 'toString']) {
    const where = { params: { [name]: '{constructor}' } }
    const identity = 'spiffe://prod.example/ns/{constructor}/sa/*'
    const gate = gateBy([{ identity, where, allow: ['invoice:read'] }])
    t.equal(mayRead(gate, ofTenant('acme'), { [name]: 'acme' }).allowed, true)
    t.equal(mayRead(gate, ofTenant('acme'), {}).allowed, false)
  }
})

t.test('demands every one of several parameters', async (t) => {
  const where = { params: { tenant: '{tenant}', name: '{name}', region: 'eu' } }
  const identity = 'spiffe://prod.example/ns/{tenant}/sa/{name}'
  const gate = gateBy([{ identity, where, allow: ['invoice:read'] }])
  const params = { tenant: 'acme', name: 'worker', region: 'eu' }
  t.equal(mayRead(gate, ofTenant('acme'), params).allowed, true)
  for (const name of Object.keys(params)) {
    t.equal(mayRead(gate, ofTenant('acme'), { ...params, [name]: 'other' }).allowed, false, name)
  }
})

const place = 'option "grants.0.where.params.tenant"'
const faults: readonly (readonly [string, grant: object, fault: string])[] = [
  [
    'a capture that the pattern does not have',
    {
      identity: 'spiffe://prod.example/ns/{tenant}/sa/*',
      where: { params: { tenant: '{tenent}' } },
    },
    `${place} names the capture "tenent", which is not known; did you mean "tenant"?; the pattern of the grant must hold {tenent}`,
  ],
  [
    'a capture for any identity',
    { anyIdentity: true, where: { params: { tenant: '{tenant}' } } },
    `${place} names the capture "tenant", which is not known; the pattern of the grant must hold {tenant}`,
  ],
  [
    'a capture without a name',
    { ...scoped, where: { params: { tenant: '{}' } } },
    `${place} names the capture "", which is not known; the pattern of the grant must hold {}`,
  ],
  ...['a{tenant}', '{tenant', 'tenant}', '{tenant}{tenant}', '{{tenant}}'].map(
    (written) =>
      [
        `a capture within a text: ${written}`,
        { ...scoped, where: { params: { tenant: written } } },
        `${place} must be a text without braces, or one capture: {name}`,
      ] as const,
  ),
  [
    'a capture that nothing is compared with',
    { identity: perTenant },
    'option "grants.0.identity" captures {tenant}, which nothing is compared with: name it in where, or write *',
  ],
  [
    'a scope without parameters',
    { anyIdentity: true, where: { params: {} } },
    'option "grants.0.where.params" must name at least one parameter',
  ],
  [
    'a scope of nothing',
    { anyIdentity: true, where: {} },
    'option "grants.0.where.params" is missing or undefined',
  ],
  [
    'a misspelt scope',
    { anyIdentity: true, where: { param: {}, params: { tenant: 'acme' } } },
    'option "grants.0.where.param" is not known; did you mean "params"?',
  ],
  [
    'an empty text',
    { anyIdentity: true, where: { params: { tenant: '' } } },
    `${place} must not be empty`,
  ],
  [
    'a parameter called __proto__',
    { anyIdentity: true, where: JSON.parse('{"params":{"tenant":"acme","__proto__":"acme"}}') },
    'option "grants.0.where.params.__proto__" must have another name',
  ],
]

for (const [name, grant, fault] of faults) {
  t.test(`refuses ${name}`, async (t) => {
    const error = faultOf(() => gateBy([{ ...grant, allow: ['invoice:read'] } as never]))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `definePolicy: ${fault}`)
  })
}
