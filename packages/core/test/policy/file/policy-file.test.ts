import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { followReloads } from '#core/policy/file/policy-file.js'
import { definePolicy, policyFile } from '@peergate/core'
import type { Decision, PeerGate } from '@peergate/core'
import t from 'tap'
import { faultOf } from '../../support/fault-of.js'
import { gateOf, mayDo, openFile, yamlOf } from '../../support/file-gate.js'
import type { Permission } from '../../support/file-gate.js'
import { worker } from '../../support/payments-gate.js'
import { fixedSource } from '../../support/fixed-source.js'
import { policyFolder } from '../../support/policy-folder.js'

const faultyOptions: readonly (readonly [string, object, fault: string])[] = [
  [
    'a file of another kind',
    { path: 'policy.toml' },
    'option "path" must be the path of a file that ends in .json, .yaml or .yml',
  ],
  [
    'another kind of identity',
    { identity: 'spife' },
    'option "identity" must be "spiffe" or "uri" or "dns" or "ip" or "email" or "upn" or "commonName"; did you mean "spiffe"?',
  ],
  ['a permission for all', { permissions: 'a' }, 'option "permissions" must be of the type array'],
  [
    'a misspelt option',
    { onRelaod: 1 },
    'option "onRelaod" is not known; did you mean "onReload"?',
  ],
  ['no callback', { onReload: 'log' }, 'option "onReload" must be a function'],
  ['looks without a pause', { reload: { every: 0 } }, 'option "reload.every" is not well-formed'],
]

for (const [name, options, fault] of faultyOptions) {
  t.test(`refuses ${name}`, async (t) => {
    const given = { path: 'policy.yaml', identity: 'spiffe', permissions: [], ...options }
    const error = faultOf(() => policyFile(given as Parameters<typeof policyFile>[0]))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `policyFile: ${fault}`)
  })
}

t.test('refuses a file that cannot be read', async (t) => {
  const { path, write, faultOfFile } = policyFolder(t)
  const error = faultOf(() => openFile(t, path('none.yaml')))
  t.equal(error?.code, 'ERR_PEERGATE_FILE_UNREADABLE')
  t.equal(error?.detail, `policyFile: "${path('none.yaml')}" could not be read (ENOENT)`)
  mkdirSync(path('folder.yaml'))
  const folder = faultOf(() => openFile(t, path('folder.yaml')))
  t.equal(folder?.detail, `policyFile: "${path('folder.yaml')}" could not be read (EISDIR)`)
  const code = 'ERR_PEERGATE_POLICY_FILE_INVALID'
  const latin1 = Buffer.from('identity: spiff\xe9', 'latin1')
  t.strictSame(faultOfFile('a.yaml', latin1), { code, detail: 'a.yaml: must be UTF-8' })
  for (const [name, size] of [
    ['a.yaml', 4],
    ['a.json', 8],
  ] as const) {
    const detail = `${name}: must not be larger than ${size} MiB`
    t.strictSame(faultOfFile(name, ' '.repeat(size * 2 ** 20 + 1)), { code, detail })
    t.not(faultOfFile(name, ' '.repeat(size * 2 ** 20))?.detail, detail)
  }
  t.equal(faultOfFile('a.yaml', `\ufeff${yamlOf('invoice:read')}`), null, 'a mark is no content')
  write('a.yaml', '')
})

const { platform } = process
const noPipes = platform === 'win32' ? 'has no pipes in folders' : false
t.test('does not wait for a pipe', { skip: noPipes }, async (t) => {
  const { path } = policyFolder(t)
  execFileSync('mkfifo', [path('policy.yaml')])
  const error = faultOf(() => openFile(t, path('policy.yaml')))
  t.equal(error?.code, 'ERR_PEERGATE_POLICY_FILE_INVALID')
  t.equal(error?.detail, `${path('policy.yaml')}: must be a regular file`)
})

const skip = platform === 'linux' ? false : 'needs a file of the kernel, which has no size'
t.test('refuses a file that becomes another while it is read', { skip }, async (t) => {
  const { path } = policyFolder(t)
  symlinkSync('/proc/self/status', path('policy.yaml'))
  const error = faultOf(() => openFile(t, path('policy.yaml')))
  t.equal(error?.code, 'ERR_PEERGATE_POLICY_FILE_INVALID')
  t.equal(error?.detail, `${path('policy.yaml')}: changed while it was read`)
})

t.test('gives the policy that the file states, in YAML and in JSON', async (t) => {
  const { write } = policyFolder(t)
  const content = {
    identity: 'spiffe',
    permissions: { 'invoice:read': 'Read invoices', 'invoice:write': 'Change them' },
    roles: { constructor: { allow: ['invoice:write'] }, toString: { roles: ['constructor'] } },
    grants: [
      { identity: 'spiffe://prod.example/ns/payments/sa/*', roles: ['toString'] },
      { anyIdentity: true, deny: ['invoice:read'], notBefore: '2026-01-01T00:00:00Z' },
    ],
  } as const
  const yaml = `# yaml-language-server: $schema=./policy.schema.json
identity: spiffe
permissions:
  invoice:read: Read invoices
  invoice:write: Change them
roles:
  constructor: { allow: [invoice:write] }
  toString: { roles: [constructor] }
grants:
  - identity: spiffe://prod.example/ns/payments/sa/*
    roles:
      - toString
  - anyIdentity: true
    deny: ['invoice:read']
    notBefore: 2026-01-01T00:00:00Z
`
  const stated = definePolicy(content)
  const $schema = './policy.schema.json'
  for (const path of [
    write('policy.yaml', yaml),
    write('policy.yml', `$schema: ${$schema}\n${yaml}`),
    write('policy.json', JSON.stringify({ $schema, ...content }, null, '\t')),
    write('flow.yaml', JSON.stringify(content)),
  ]) {
    const file = openFile(t, path)
    t.equal(JSON.stringify(file.policy), JSON.stringify(stated), path)
    t.equal(mayDo(gateOf(file), 'invoice:write'), true, path)
    t.equal(mayDo(gateOf(file), 'invoice:read'), false, path)
    t.ok(Object.isFrozen(file))
  }
})

t.test('lets a file have permissions that the code does not name', async (t) => {
  const { write } = policyFolder(t)
  const file = policyFile({
    path: write('policy.yaml', yamlOf('invoice:read')),
    identity: 'spiffe',
    permissions: ['invoice:read'],
  })
  t.strictSame(file.permissions, ['invoice:read'])
  t.strictSame(file.policy.permissions, ['invoice:read', 'invoice:write'])
})

t.test('decides by the new policy in every gate, once it is read again', async (t) => {
  const { write } = policyFolder(t)
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read')))
  const [one, other] = [gateOf(file), gateOf(file)]
  const mayWrite = one.guard(one.permission('invoice:write'))
  t.match(mayWrite(one.admit(worker)), { allowed: false })
  t.equal(mayDo(other, 'invoice:write'), false)
  write('policy.yaml', yamlOf('invoice:write'))
  const { error, policy } = await file.reload()
  t.equal(error, null)
  t.equal(policy, file.policy)
  t.match(mayWrite(one.admit(worker)), { allowed: true }, 'a guard that was made before')
  t.equal(mayDo(other, 'invoice:write'), true)
  t.equal(mayDo(other, 'invoice:read'), false)
})

t.test(
  'keeps the old policy in every gate where the new one does not fit one of them',
  async (t) => {
    const { write, path } = policyFolder(t)
    const file = openFile(t, write('policy.yaml', yamlOf('invoice:read')))
    const before = file.policy
    const one = gateOf(file)
    const other = gateOf(file, { source: { ...fixedSource, trustSets: ['payments'] } })
    write('policy.yaml', yamlOf('invoice:write', '    trustSet: paiments\n'))
    await t.rejects(file.reload(), {
      code: 'ERR_PEERGATE_OPTION_INVALID',
      detail: `${path('policy.yaml')}:6:5: option "grants.0.trustSet" names the trust set "paiments", which is not known; did you mean "payments"?`,
    })
    t.equal(file.policy, before)
    for (const gate of [one, other]) t.equal(mayDo(gate, 'invoice:read'), true)
    write('policy.yaml', yamlOf('invoice:write', '    trustSet: payments\n'))
    await file.reload()
    for (const gate of [one, other]) t.equal(mayDo(gate, 'invoice:read'), false)
  },
)

t.test('names the file where the gate as a whole does not fit', async (t) => {
  const { write, path } = policyFolder(t)
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read')))
  gateOf(file)
  write('policy.yaml', 'identity: spiffe\npermissions: [invoice:read, invoice:write]\n')
  await t.rejects(file.reload(), {
    code: 'ERR_PEERGATE_OPTION_INVALID',
    detail: `${path('policy.yaml')}: the policy holds no grant, and the gate has no "authorize"`,
  })
})

t.test('refuses a policy without a permission that a route needs', async (t) => {
  const { write, path } = policyFolder(t)
  write('policy.yaml', yamlOf('invoice:read').replace('write]', 'write, extra]'))
  const file = openFile(t, path('policy.yaml'))
  const gate = gateOf(file)
  gate.guard(gate.permission('extra' as Permission))
  write('policy.yaml', yamlOf('invoice:read'))
  await t.rejects(file.reload(), {
    code: 'ERR_PEERGATE_PERMISSION_UNKNOWN',
    detail: `${path('policy.yaml')}:2:1: option "permissions" lacks what a route needs: permission "extra" is not known`,
  })
})

t.test('reports findings of a policy that is put in force, or refuses it for them', async (t) => {
  const { write } = policyFolder(t)
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read, invoice:write')))
  const warnings: Error[] = []
  const hear = (warning: Error) => warnings.push(warning)
  process.on('warning', hear)
  t.teardown(() => process.off('warning', hear))
  function boot(findings: 'error' | 'warn'): PeerGate<Permission> {
    const gate = gateOf(file, { findings })
    const requirements = (['invoice:read', 'invoice:write'] as const).map((permission) => ({
      guard: gate.guard(gate.permission(permission)),
      parameters: [],
    }))
    gate.declareRoutes({
      isComplete: () => true,
      routes: () => [{ method: 'GET', path: '/', requirements }],
    })
    gate.checkRoutes()
    return gate
  }
  const lenient = boot('warn')
  write('policy.yaml', yamlOf('invoice:read'))
  await file.reload()
  await wait(0)
  t.equal(mayDo(lenient, 'invoice:write'), false)
  t.match(warnings, [{ code: 'ERR_PEERGATE_AUDIT_FAILED' }])
  write('policy.yaml', yamlOf('invoice:read, invoice:write'))
  await file.reload()
  const strict = boot('error')
  write('policy.yaml', yamlOf('invoice:read'))
  await t.rejects(file.reload(), { code: 'ERR_PEERGATE_AUDIT_FAILED' })
  await wait(0)
  t.equal(mayDo(lenient, 'invoice:write'), true)
  t.equal(mayDo(strict, 'invoice:write'), true)
  t.equal(warnings.length, 1, 'no warning of what is not in force')
})

t.test('lets nobody set another policy beside the file', async (t) => {
  const { write } = policyFolder(t)
  const gate = gateOf(openFile(t, write('policy.yaml', yamlOf('invoice:read'))))
  const policy = definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    grants: [{ anyIdentity: true, allow: ['invoice:write'] }],
  })
  const error = faultOf(() => gate.setPolicy(policy))
  t.equal(error?.detail, 'setPolicy: the policy of this gate is in a file; change the file')
  t.equal(mayDo(gate, 'invoice:write'), false)
})

t.test('changes every gate, whatever one of them throws behind its change', async (t) => {
  const { write } = policyFolder(t)
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read')))
  const first = gateOf(file)
  const holder = {}
  followReloads(file, holder, () => () => {
    throw new Error('no report')
  })
  const last = gateOf(file)
  write('policy.yaml', yamlOf('invoice:write'))
  const warned = once(process, 'warning')
  const { policy } = await file.reload()
  t.equal(file.policy, policy)
  for (const gate of [first, last]) t.equal(mayDo(gate, 'invoice:write'), true)
  t.match(await warned, [{ code: 'PEERGATE_RELOAD_FAULT', detail: /no report/u }])
  t.ok(holder, 'is held until here')
})

t.test('follows the file for a guard in use, and not for a gate that is thrown away', async (t) => {
  const { write } = policyFolder(t)
  const permissions = ['invoice:read']
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read')), { permissions })
  function bootInVain(): void {
    const gate = gateOf(file)
    gate.guard(gate.permission('invoice:write'))
  }
  function guardOnly(): () => boolean {
    const gate = gateOf(file)
    const guard = gate.guard(gate.permission('invoice:read'))
    const sender = gate.admit(worker)
    return () => (guard(sender) as Decision).allowed
  }
  bootInVain()
  const mayRead = guardOnly()
  t.equal(mayRead(), true)
  // Whatever was made in this turn is held until its end.
  await wait(0)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const denial = 'grants:\n  - anyIdentity: true\n    deny: [invoice:read]\n'
  write('policy.yaml', `identity: spiffe\npermissions: [invoice:read]\n${denial}`)
  await file.reload()
  t.equal(mayRead(), false)
})

t.test('reads the same file behind a change of the directory', async (t) => {
  const { write, path } = policyFolder(t)
  write('policy.yaml', yamlOf('invoice:read'))
  const before = process.cwd()
  t.teardown(() => process.chdir(before))
  process.chdir(path('.'))
  const file = openFile(t, 'policy.yaml')
  process.chdir(before)
  t.equal(file.path, realpathSync(path('policy.yaml')))
  write('policy.yaml', yamlOf('invoice:write'))
  await file.reload()
  t.equal(mayDo(gateOf(file), 'invoice:write'), true)
})

t.test('lets a reload begin no other, and make no gate', async (t) => {
  const { write } = policyFolder(t)
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read, invoice:write')))
  const gate = gateOf(file)
  let list: (() => unknown) | undefined
  gate.declareRoutes({
    isComplete: () => false,
    routes() {
      list?.()
      return []
    },
  })
  gate.checkRoutes()
  const inner: Promise<unknown>[] = []
  list = () => {
    write('policy.yaml', yamlOf('invoice:read'))
    inner.push(file.reload().catch((error: unknown) => error))
  }
  write('policy.yaml', yamlOf('invoice:write'))
  await file.reload()
  const detail = 'policyFile: a reload must neither begin another nor make a gate'
  t.match(await Promise.all(inner), [{ code: 'ERR_PEERGATE_OPTION_INVALID', detail }])
  list = () => gateOf(file)
  await t.rejects(file.reload(), { code: 'ERR_PEERGATE_OPTION_INVALID', detail })
  t.equal(mayDo(gate, 'invoice:write'), true, 'the old policy stays in force')
  list = undefined
  await file.reload()
  t.equal(mayDo(gate, 'invoice:write'), false)
})

t.test('takes a gate that was not made as one that does not follow the file', async (t) => {
  const { write } = policyFolder(t)
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read')))
  t.ok(faultOf(() => gateOf(file, { source: { name: 'none' } as typeof fixedSource })))
  t.ok(
    faultOf(() => gateOf({ ...file })),
    'nor is a copy a policy file',
  )
  write('policy.yaml', yamlOf('invoice:write'))
  await file.reload()
})
