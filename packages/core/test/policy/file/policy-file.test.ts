import { EventEmitter, once } from 'node:events'
import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { createPeerGate, definePolicy, policyFile } from '@peergate/core'
import type { PeerGate, PeerGateOptions, PolicyFile, PolicyReloadOutcome } from '@peergate/core'
import type { Test } from 'tap'
import t from 'tap'
import { faultOf } from '../../support/fault-of.js'
import { fixedSource } from '../../support/fixed-source.js'
import { noon, worker, workloads } from '../../support/payments-gate.js'
import { policyFolder } from '../../support/policy-folder.js'

type Permission = 'invoice:read' | 'invoice:write'

// Looking at files keeps no process alive.
const alive = setInterval(() => undefined, 1000)
t.teardown(() => clearInterval(alive))

function yamlOf(allow: string, more = ''): string {
  return [
    'identity: spiffe',
    'permissions: [invoice:read, invoice:write]',
    'grants:',
    '  - identity: spiffe://prod.example/ns/payments/sa/*',
    `    allow: [${allow}]`,
    `${more}`,
  ].join('\n')
}

function openFile(
  t: Test,
  path: string,
  options: Partial<Parameters<typeof policyFile>[0]> = {},
): PolicyFile<'spiffe', Permission> {
  const file = policyFile({
    path,
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    ...options,
  } as const)
  t.teardown(() => file.close())
  return file as PolicyFile<'spiffe', Permission>
}

function gateOf(
  policy: PolicyFile<'spiffe', Permission>,
  options: Partial<PeerGateOptions<'spiffe', Permission>> = {},
): PeerGate<Permission> {
  const source = fixedSource
  return createPeerGate({ source, identity: workloads, policy, clock: () => noon, ...options })
}

function mayDo(gate: PeerGate<Permission>, permission: Permission): boolean {
  const decision = gate.guard(gate.permission(permission))(gate.admit(worker))
  return 'allowed' in decision && decision.allowed
}

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
  const large = `#${' '.repeat(8 * 2 ** 20)}`
  t.strictSame(faultOfFile('a.yaml', large), {
    code,
    detail: 'a.yaml: must not be larger than 8 MiB',
  })
  t.equal(faultOfFile('a.yaml', `\ufeff${yamlOf('invoice:read')}`), null, 'a mark is no content')
  write('a.yaml', '')
})

const { platform } = process
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
      detail: `${path('policy.yaml')}:6:5: option "grants.0.trustSet" names a trust set "paiments" is not known; did you mean "payments"?`,
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
    detail: `${path('policy.yaml')}: option "policy" holds no grant, and there is no option "authorize"`,
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
    gate.declareRoutes(() => [{ method: 'GET', path: '/', requirements }])
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

t.test('looks at the file by itself, and tells of each bad state once', async (t) => {
  const { write, path } = policyFolder(t)
  const outcomes: PolicyReloadOutcome[] = []
  const events = new EventEmitter()
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read')), {
    reload: { every: 0.05 },
    onReload(outcome) {
      outcomes.push(outcome)
      events.emit('reload')
    },
  })
  const gate = gateOf(file)
  const change = async (act: () => unknown): Promise<PolicyReloadOutcome> => {
    const told = once(events, 'reload')
    act()
    await told
    // Several looks at what has not changed again.
    await wait(200)
    return outcomes.at(-1) as PolicyReloadOutcome
  }
  await change(() => write('policy.yaml', yamlOf('invoice:write')))
  t.equal(mayDo(gate, 'invoice:write'), true)
  const broken = await change(() => write('policy.yaml', yamlOf('invoice:raed')))
  t.equal(
    broken.error?.detail,
    `${path('policy.yaml')}:5:13: option "grants.0.allow.0" names a permission "invoice:raed" is not known; did you mean "invoice:read"?`,
  )
  const gone = await change(() => unlinkSync(path('policy.yaml')))
  t.equal(gone.error?.code, 'ERR_PEERGATE_FILE_UNREADABLE')
  t.equal(mayDo(gate, 'invoice:write'), true, 'the old policy stays in force')
  const renamed = await change(() => {
    write('next.yaml', yamlOf('invoice:read'))
    renameSync(path('next.yaml'), path('policy.yaml'))
  })
  t.equal(renamed.error, null)
  t.equal(mayDo(gate, 'invoice:write'), false)
  t.equal(outcomes.length, 4)
  file.close()
  write('policy.yaml', yamlOf('invoice:write'))
  await wait(200)
  t.equal(mayDo(gate, 'invoice:write'), false)
})

t.test(
  'takes a refused file without a change of it, once every gate has what it needs',
  async (t) => {
    const { write } = policyFolder(t)
    const events = new EventEmitter()
    const file = openFile(t, write('policy.yaml', yamlOf('invoice:read, invoice:write')), {
      reload: { every: 0.05 },
      onReload: (outcome) => events.emit('reload', outcome),
    })
    const gate = gateOf(file, { findings: 'error' })
    const routes = ['invoice:read', 'invoice:write'] as const
    let listed: readonly Permission[] = routes
    gate.declareRoutes(() =>
      listed.map((permission) => ({
        method: 'GET',
        path: `/${permission}`,
        requirements: [{ guard: gate.guard(gate.permission(permission)), parameters: [] }],
      })),
    )
    gate.checkRoutes()
    listed = ['invoice:read']
    const refused = once(events, 'reload')
    write('policy.yaml', `${yamlOf('invoice:read, invoice:write')}# touched\n`)
    t.match(await refused, [{ error: { code: 'ERR_PEERGATE_AUDIT_FAILED' } }])
    const taken = once(events, 'reload')
    listed = routes
    t.match(await taken, [{ error: null }])
  },
)

t.test('does not take a file for whole that is still being written', async (t) => {
  const { write, path } = policyFolder(t)
  const events = new EventEmitter()
  const denial = '  - anyIdentity: true\n    deny: [invoice:read]\n'
  const file = openFile(t, write('policy.yaml', yamlOf('invoice:read', denial)), {
    reload: { every: 0.1 },
    onReload: (outcome) => events.emit('reload', outcome),
  })
  const gate = gateOf(file)
  const whole = yamlOf('invoice:read', denial)
  const taken = once(events, 'reload')
  const end = whole.indexOf('  - any')
  for (let length = 0; length < 8; length += 1) {
    writeFileSync(path('policy.yaml'), `${whole.slice(0, end)}${'#'.repeat(length)}\n`)
    await wait(40)
    t.equal(mayDo(gate, 'invoice:read'), false)
  }
  write('policy.yaml', whole)
  t.match(await taken, [{ error: null }])
  t.equal(mayDo(gate, 'invoice:read'), false)
})

t.test('sees through the symbolic link that Kubernetes swaps', async (t) => {
  const { path } = policyFolder(t)
  const events = new EventEmitter()
  for (const [version, allow] of [
    ['v1', 'invoice:read'],
    ['v2', 'invoice:write'],
  ] as const) {
    mkdirSync(path(version))
    writeFileSync(path(`${version}/policy.yaml`), yamlOf(allow))
  }
  symlinkSync('v1', path('..data'))
  symlinkSync('..data/policy.yaml', path('policy.yaml'))
  const file = openFile(t, path('policy.yaml'), {
    reload: { every: 0.05 },
    onReload: (outcome) => events.emit('reload', outcome),
  })
  const gate = gateOf(file)
  const taken = once(events, 'reload')
  symlinkSync('v2', path('..next'))
  renameSync(path('..next'), path('..data'))
  t.match(await taken, [{ error: null }])
  t.equal(mayDo(gate, 'invoice:write'), true)
})

t.test('reads the file again at SIGHUP, if it is asked to', async (t) => {
  const { write } = policyFolder(t)
  const events = new EventEmitter()
  const listeners = process.listenerCount('SIGHUP')
  const file = openFile(
    t,
    write(
      'policy.json',
      '{"identity":"spiffe","permissions":["invoice:read","invoice:write"],"grants":[{"anyIdentity":true,"allow":["invoice:read"]}]}',
    ),
    {
      reload: { signal: 'SIGHUP' },
      onReload: (outcome) => events.emit('reload', outcome),
    },
  )
  const told = once(events, 'reload')
  write('policy.json', '{"identity":"spiffe"')
  process.kill(process.pid, 'SIGHUP')
  t.match(await told, [{ error: { detail: /policy\.json:1:21: ends too early/u } }])
  file.close()
  t.equal(process.listenerCount('SIGHUP'), listeners)
})
