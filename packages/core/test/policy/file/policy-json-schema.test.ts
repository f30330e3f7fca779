import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { createPolicyJsonSchema } from '#core/policy/policy-json-schema.js'

const path = createRequire(import.meta.url).resolve('@peergate/core/policy.schema.json')
const published = JSON.parse(readFileSync(path, 'utf8')) as object

t.test('is published as it follows from the parser', async (t) => {
  t.strictSame(published, JSON.parse(JSON.stringify(createPolicyJsonSchema())))
})

// The pattern of a moment says more than its format, which needs a plug-in.
const validate = new Ajv2020({ formats: { 'date-time': true } }).compile(published)

const grant = { identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['invoice:read'] }
const policy = { identity: 'spiffe', permissions: ['invoice:read'], grants: [grant] }
const fingerprint256 = 'ab'.repeat(32)
const notAfter = '2026-12-31T23:59:59+01:00'

const good: readonly (readonly [name: string, content: unknown])[] = [
  ['a list of permissions', policy],
  ['permissions with descriptions', { ...policy, permissions: { 'invoice:read': 'Read them' } }],
  ['no grant', { identity: 'dns', permissions: ['a'] }],
  ['the name of a schema', { $schema: './policy.schema.json', ...policy }],
  ['roles', { ...policy, roles: { a: { allow: ['invoice:read'] }, b: { roles: ['a'] } } }],
  ['a denial to everybody', { ...policy, grants: [{ anyIdentity: true, deny: ['a'] }] }],
  ['a certificate', { ...policy, grants: [{ fingerprint256, notAfter, roles: ['a'] }] }],
  [
    'every condition',
    {
      ...policy,
      grants: [
        {
          ...grant,
          trustSet: 'payments',
          minimumAssurance: 'tls',
          notBefore: '2026-01-01T00:00:00Z',
          notAfter,
          where: { params: { tenant: 'a' } },
        },
      ],
    },
  ],
]

for (const [name, content] of good) {
  t.test(`accepts ${name}`, async (t) => {
    t.equal(validate(content), true, JSON.stringify(validate.errors))
  })
}

const bad: readonly (readonly [name: string, content: unknown])[] = [
  ['a text', 'spiffe'],
  ['no kind', { permissions: ['a'] }],
  ['a misspelt kind', { ...policy, identity: 'spife' }],
  ['no vocabulary', { identity: 'spiffe', grants: [grant] }],
  ['an empty vocabulary', { ...policy, permissions: [] }],
  ['an empty vocabulary with descriptions', { ...policy, permissions: {} }],
  ['a permission without a description', { ...policy, permissions: { a: null } }],
  ['a permission with an empty description', { ...policy, permissions: { a: '' } }],
  ['a permission with a space', { ...policy, permissions: ['a b'] }],
  ['a permission twice', { ...policy, permissions: ['a', 'a'] }],
  ['an unknown key', { ...policy, grant: [] }],
  ['no grants in a list', { ...policy, grants: [] }],
  ['an unknown key of a grant', { ...policy, grants: [{ ...grant, alow: ['a'] }] }],
  ['a grant of nothing', { ...policy, grants: [{ identity: 'a' }] }],
  ['a grant of an empty list', { ...policy, grants: [{ ...grant, allow: [] }] }],
  ['a grant to nobody', { ...policy, grants: [{ allow: ['a'] }] }],
  ['a grant to two', { ...policy, grants: [{ ...grant, anyIdentity: true }] }],
  ['any identity that is none', { ...policy, grants: [{ anyIdentity: false, allow: ['a'] }] }],
  ['a certificate without an end', { ...policy, grants: [{ fingerprint256, allow: ['a'] }] }],
  [
    'a certificate that is none',
    { ...policy, grants: [{ fingerprint256: 'ab', notAfter, allow: ['a'] }] },
  ],
  ['a moment without an offset', { ...policy, grants: [{ ...grant, notAfter: '2026-12-31' }] }],
  ['an unknown assurance', { ...policy, grants: [{ ...grant, minimumAssurance: 'mtls' }] }],
  ['no parameters', { ...policy, grants: [{ ...grant, where: { params: {} } }] }],
  ['a number for a parameter', { ...policy, grants: [{ ...grant, where: { params: { a: 1 } } }] }],
  ['an empty role', { ...policy, roles: { a: {} } }],
]

for (const [name, content] of bad) {
  t.test(`refuses ${name}`, async (t) => {
    t.equal(validate(content), false)
  })
}
