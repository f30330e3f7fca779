import { once } from 'node:events'
import { onceDecided, publicRoute } from '@peergate/core'
import type { Decision, PendingDecision } from '@peergate/core'
import t from 'tap'
import { paymentsGate, worker } from '../support/payments-gate.js'

const gate = paymentsGate()
const allowed = await gate.guard(publicRoute)(gate.admit(worker))

t.test('acts before it returns where nothing has to be waited for', async (t) => {
  const acted: Decision[] = []
  onceDecided(
    () => allowed,
    (decision) => acted.push(decision),
  )
  t.strictSame(acted, [allowed])
})

t.test('acts once on a decision that comes later', async (t) => {
  const acted: Decision[] = []
  onceDecided(
    async () => allowed,
    (decision) => acted.push(decision),
  )
  t.strictSame(acted, [])
  await new Promise(setImmediate)
  t.strictSame(acted, [allowed])
})

t.test('warns of what acting throws where nobody is left to catch it', async (t) => {
  const warned = once(process, 'warning')
  onceDecided(
    async () => allowed,
    () => {
      throw cause
    },
  )
  const [warning] = await warned
  t.match(warning, {
    name: 'PeergateWarning',
    code: 'PEERGATE_CALLBACK_THREW',
    message: /^what acts on a decision threw Error: failed/u,
  })
})

t.test('throws on what acting throws where nothing has to be waited for', async (t) => {
  const act = () => {
    throw cause
  }
  t.throws(() => onceDecided(() => allowed, act), cause)
})

const cause = new Error('failed')
const faults: readonly (readonly [string, () => PendingDecision])[] = [
  [
    'throws',
    () => {
      throw cause
    },
  ],
  ['rejects', () => Promise.reject(cause)],
]

for (const [what, ask] of faults) {
  t.test(`denies where asking ${what}`, async (t) => {
    const decision = await new Promise((resolve) => onceDecided(ask, resolve))
    const error = { code: 'ERR_PEERGATE_GATE_FAULTY', statusCode: 500, cause }
    t.match(decision, { allowed: false, reason: 'faulty', grant: null, error })
  })
}
