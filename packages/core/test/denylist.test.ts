import { publicRoute } from '@peergate/core'
import t from 'tap'
import { faultOf } from './support/fault-of.js'
import { nameless, paymentsGate, worker, workerId } from './support/payments-gate.js'

t.test('refuses an identity on the denylist at once, and lets it in again', async (t) => {
  const gate = paymentsGate()
  const read = gate.guard(gate.permission('invoice:read'))
  const open = gate.guard(publicRoute)
  t.equal((await read(gate.admit(worker))).allowed, true)
  gate.setDenylist([workerId])
  t.match(gate.admit(worker), {
    evidence: null,
    identity: null,
    refusal: {
      code: 'ERR_PEERGATE_IDENTITY_DENIED',
      statusCode: 403,
      detail: `${JSON.stringify(workerId)} is on the denylist of the gate`,
    },
  })
  t.equal((await read(gate.admit(worker))).allowed, false)
  t.equal((await open(gate.admit(worker))).allowed, false, 'public routes are closed to it, too')
  t.equal((await open(gate.admit(nameless))).allowed, true)
  t.throws(() => gate.identify(worker), { code: 'ERR_PEERGATE_IDENTITY_DENIED' })
  gate.setDenylist([])
  t.equal((await read(gate.admit(worker))).allowed, true)
  t.end()
})

t.test('keeps the old denylist where the new one is not of identities', (t) => {
  const gate = paymentsGate()
  gate.setDenylist([workerId])
  for (const [list, code] of [
    [['spiffe://prod.example/ns/payments/sa/*'], 'ERR_PEERGATE_OPTION_INVALID'],
    [['worker'], 'ERR_PEERGATE_PATTERN_INVALID'],
    [workerId, 'ERR_PEERGATE_OPTION_INVALID'],
  ] as const) {
    t.equal(faultOf(() => gate.setDenylist(list as readonly string[]))?.code, code)
    t.equal(gate.admit(worker).identity, null)
  }
  t.end()
})
