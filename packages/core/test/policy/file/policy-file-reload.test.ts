import { EventEmitter, once } from 'node:events'
import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { PolicyReloadOutcome } from '@peergate/core'
import t from 'tap'
import { gateOf, mayDo, openFile, yamlOf } from '../../support/file-gate.js'
import type { Permission } from '../../support/file-gate.js'
import { policyFolder } from '../../support/policy-folder.js'

// Looking at files keeps no process alive.
const alive = setInterval(() => undefined, 1000)
t.teardown(() => clearInterval(alive))

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
    `${path('policy.yaml')}:5:13: option "grants.0.allow.0" names the permission "invoice:raed", which is not known; did you mean "invoice:read"?`,
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
    gate.declareRoutes({
      isComplete: () => true,
      routes: () =>
        listed.map((permission) => ({
          method: 'GET',
          path: `/${permission}`,
          requirements: [{ guard: gate.guard(gate.permission(permission)), parameters: [] }],
        })),
    })
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
