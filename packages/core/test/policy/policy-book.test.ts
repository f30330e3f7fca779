import { once } from 'node:events'
import { definePolicy } from '@peergate/core'
import type { DeclaredRoute, PeerGate, Requirement, RouteList } from '@peergate/core'
import t from 'tap'
import type { Test } from 'tap'
import { faultOf } from '../support/fault-of.js'
import { noon, paymentsGate, paymentsPolicy, worker, workerId } from '../support/payments-gate.js'
import type { PaymentsPermission } from '../support/payments-gate.js'

type Gate = PeerGate<PaymentsPermission>

const unneeded = 'no route needs "invoice:write": take it out of the vocabulary, or name it'
const unheld = 'nobody holds "invoice:write": no grant that has not ended gives it'

/** The routes of one application, each of which needs a permission. */
function listOf(
  gate: Gate,
  permissions: readonly PaymentsPermission[],
  isComplete = true,
): RouteList {
  const routes = permissions.map((permission) => routeOf(gate, gate.permission(permission)))
  return { routes: () => routes, isComplete: () => isComplete }
}

function routeOf(gate: Gate, requirement: Requirement): DeclaredRoute {
  return {
    method: 'GET',
    path: '/invoices',
    requirements: [{ guard: gate.guard(requirement), parameters: [] }],
  }
}

/** What the process is warned of while `act` runs, and until the next turn of its loop. */
async function warningsOf(t: Test, act: () => void): Promise<readonly Error[]> {
  const warnings: Error[] = []
  const listen = (warning: Error) => void warnings.push(warning)
  process.on('warning', listen)
  t.teardown(() => process.off('warning', listen))
  act()
  await new Promise(setImmediate)
  process.off('warning', listen)
  return warnings
}

const generous = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  grants: [{ identity: workerId, allow: ['invoice:read', 'invoice:write'] }],
})

t.test('warns of everything that does not fit, with one warning', async (t) => {
  const gate = paymentsGate()
  gate.declareRoutes(listOf(gate, ['invoice:read']))
  const warned = once(process, 'warning')
  gate.checkRoutes()
  t.match(await warned, [
    {
      name: 'PeergateWarning',
      code: 'ERR_PEERGATE_AUDIT_FAILED',
      message: 'the routes and the policy do not fit together',
      detail: `- ${unneeded}\n- ${unheld}`,
    },
  ])
})

t.test('warns of a finding once, and again when it has been away', async (t) => {
  const gate = paymentsGate()
  gate.declareRoutes(listOf(gate, ['invoice:read', 'invoice:write']))
  const detail = `- ${unheld}`
  t.match(await warningsOf(t, gate.checkRoutes), [{ detail }])
  t.strictSame(await warningsOf(t, gate.checkRoutes), [])
  t.strictSame(await warningsOf(t, () => gate.setPolicy(generous)), [])
  t.match(await warningsOf(t, () => gate.setPolicy(paymentsPolicy)), [{ detail }])
})

t.test('throws every finding if it is told to, and nothing where all fits', async (t) => {
  const gate = paymentsGate({ findings: 'error' })
  gate.declareRoutes(listOf(gate, ['invoice:read']))
  const error = faultOf(gate.checkRoutes)
  t.equal(error?.code, 'ERR_PEERGATE_AUDIT_FAILED')
  t.equal(error?.detail, `${unneeded}; ${unheld}`)

  const fitting = paymentsGate({ findings: 'error', policy: generous })
  fitting.declareRoutes(listOf(fitting, ['invoice:read', 'invoice:write']))
  t.equal(fitting.checkRoutes(), undefined)
})

t.test('calls no permission needless before every application has all of its routes', async (t) => {
  const gate = paymentsGate({ findings: 'error', policy: generous })
  let isComplete = false
  gate.declareRoutes(listOf(gate, ['invoice:read']))
  gate.declareRoutes({ ...listOf(gate, []), isComplete: () => isComplete })
  t.equal(gate.checkRoutes(), undefined)
  t.strictSame(gate.audit(), [])
  isComplete = true
  t.equal(faultOf(gate.checkRoutes)?.detail, unneeded)
})

t.test('counts what another application needs', async (t) => {
  const gate = paymentsGate({ findings: 'error', policy: generous })
  gate.declareRoutes(listOf(gate, ['invoice:read']))
  gate.declareRoutes(listOf(gate, ['invoice:write']))
  t.equal(gate.checkRoutes(), undefined)
})

t.test(
  'puts no policy in force that does not fit the routes, once they were checked',
  async (t) => {
    const gate = paymentsGate({ findings: 'error', policy: generous })
    gate.declareRoutes(listOf(gate, ['invoice:read', 'invoice:write']))
    gate.setPolicy(paymentsPolicy)
    gate.setPolicy(generous)
    gate.checkRoutes()
    t.equal(faultOf(() => gate.setPolicy(paymentsPolicy))?.detail, unheld)
    t.strictSame(gate.audit(), [])
  },
)

t.test('knows nothing of routes that were taken back, and keeps all others', (t) => {
  const gate = paymentsGate({ policy: generous })
  const list = listOf(gate, ['invoice:write'])
  const takeBack = gate.declareRoutes(list)
  gate.declareRoutes(list)
  const takeBackUnready = gate.declareRoutes(listOf(gate, ['invoice:read'], false))
  t.equal(gate.inventory().length, 2)
  t.strictSame(gate.audit(), [])
  takeBackUnready()
  t.strictSame(
    gate.audit().map(({ detail }) => detail),
    ['no route needs "invoice:read": take it out of the vocabulary, or name it'],
  )
  takeBack()
  takeBack()
  t.match(gate.inventory(), [{ requirement: 'invoice:write' }])
  t.end()
})

t.test('calls no permission needless where no application is left', (t) => {
  const gate = paymentsGate({ findings: 'error', policy: generous })
  const takeBack = gate.declareRoutes(listOf(gate, ['invoice:read', 'invoice:write']))
  gate.checkRoutes()
  takeBack()
  t.strictSame(gate.audit(), [])
  t.equal(gate.setPolicy(generous), undefined)
  t.end()
})

t.test(
  'refuses the boot of a later application by a grant that has ended, and nothing else',
  (t) => {
    let now = noon
    const ending = definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [
        {
          identity: workerId,
          allow: ['invoice:read'],
          notAfter: new Date(noon + 1000).toISOString(),
        },
      ],
    })
    const gate = paymentsGate({ findings: 'error', policy: ending as never, clock: () => now })
    const guard = gate.guard(gate.permission('invoice:read'))
    gate.declareRoutes(listOf(gate, ['invoice:read']))
    gate.checkRoutes()
    now += 2000
    gate.declareRoutes(listOf(gate, ['invoice:read']))
    const ended = 'nobody holds "invoice:read": no grant that has not ended gives it'
    t.equal(faultOf(gate.checkRoutes)?.detail, ended)
    t.match(gate.audit(), [{ detail: ended }])
    t.match(guard(gate.admit(worker)), { allowed: false, reason: 'not-granted' })
    t.equal(gate.setPolicy(ending), undefined, 'time alone keeps no new policy out')
    const lasting = { identity: workerId, allow: ['invoice:read'] } as const
    const permissions = ['invoice:read'] as const
    gate.setPolicy(definePolicy({ identity: 'spiffe', permissions, grants: [lasting] }))
    t.match(guard(gate.admit(worker)), { allowed: true })
    t.equal(gate.checkRoutes(), undefined)
    t.end()
  },
)

t.test('refuses a guard of another gate', async (t) => {
  const gate = paymentsGate()
  gate.declareRoutes(listOf(paymentsGate(), ['invoice:read']))
  const fault = 'declareRoutes: a guard of a route was not made by this gate'
  for (const ask of [gate.inventory, gate.audit, gate.checkRoutes]) {
    t.equal(faultOf(ask)?.detail, fault)
  }
})

t.test('takes no look at routes before it is asked', async (t) => {
  const gate = paymentsGate()
  const routes: DeclaredRoute[] = []
  gate.declareRoutes({ routes: () => routes, isComplete: () => true })
  t.strictSame(gate.inventory(), [])
  routes.push(routeOf(gate, gate.permission('invoice:read')))
  t.match(gate.inventory(), [{ method: 'GET', path: '/invoices' }])
})

t.test('explains by the policy in force, and nothing that is no requirement', async (t) => {
  const gate = paymentsGate()
  const client = { kind: 'spiffe', value: workerId } as never
  const mayWrite = gate.permission('invoice:write')
  t.match(gate.explain(client, mayWrite), { permissions: [{ outcome: 'not-granted' }] })
  gate.setPolicy(generous)
  t.match(gate.explain(client, mayWrite), { permissions: [{ outcome: 'granted' }] })
  const fault = faultOf(() => gate.explain(client, {} as never))
  t.equal(fault?.code, 'ERR_PEERGATE_OPTION_INVALID')
  t.match(fault?.detail, /^explain: must be a permission/u)
})
