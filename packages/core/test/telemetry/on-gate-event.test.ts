import { once } from 'node:events'
import { onGateEvent } from '@peergate/core'
import type { GateEvent, PeerGate } from '@peergate/core'
import t from 'tap'
import { paymentsGate, worker } from '../support/payments-gate.js'
import type { PaymentsPermission } from '../support/payments-gate.js'

type Gate = PeerGate<PaymentsPermission>

/** A new request of the worker, which the gate allows, and tells of in two events. */
function read(gate: Gate): void {
  const request = { ...worker }
  gate.guard(gate.permission('invoice:read'))(gate.admit(request), request)
}

/** The same, which it denies. */
function write(gate: Gate): void {
  const request = { ...worker }
  gate.guard(gate.permission('invoice:write'))(gate.admit(request), request)
}

async function countWarnings(act: () => Promise<void> | void): Promise<readonly string[]> {
  const warnings: string[] = []
  const listen = (warning: Error & { readonly code?: string }) => {
    if (warning.code === 'PEERGATE_SUBSCRIBER_THREW') warnings.push(warning.message)
  }
  process.on('warning', listen)
  await act()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  return warnings
}

t.test('tells of every type and every gate, until it is stopped', (t) => {
  const [first, second] = [paymentsGate({ name: 'first' }), paymentsGate({ name: 'second' })]
  const told: string[] = []
  const subscription = onGateEvent(({ gate, type }) => told.push(`${gate} ${type}`))
  read(first)
  write(second)
  t.same(told, [
    'first identity-accepted',
    'first permission-allowed',
    'second identity-accepted',
    'second permission-denied',
  ])
  subscription.stop()
  subscription.stop()
  read(first)
  t.equal(told.length, 4)
  t.match(subscription, { faults: 0, skipped: 0 })
  t.end()
})

t.test('tells of the types and the gate that are chosen, once each', (t) => {
  const [first, second] = [paymentsGate({ name: 'first' }), paymentsGate({ name: 'second' })]
  const told: GateEvent[] = []
  const types = ['permission-denied', 'permission-denied'] as const
  const subscription = onGateEvent((event) => told.push(event), { types, gate: 'second' })
  t.teardown(() => subscription.stop())
  for (const gate of [first, second]) {
    read(gate)
    write(gate)
  }
  t.match(told, [
    { type: 'permission-denied', gate: 'second', code: 'ERR_PEERGATE_PERMISSION_DENIED' },
  ])
  t.equal(told.length, 1)
  t.end()
})

/** What throws again when it is looked at. */
const hostile = new Proxy(new Error('hostile'), {
  get() {
    throw new Error('looked at')
  },
  getPrototypeOf() {
    throw new Error('looked at')
  },
})

const faults: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    'throws',
    () => {
      throw new Error('no disk')
    },
    /no disk/u,
  ],
  [
    'throws what is no error',
    () => {
      throw undefined
    },
    /undefined/u,
  ],
  [
    'throws what throws when it is looked at',
    () => {
      throw hostile
    },
    /./u,
  ],
  ['gives a promise that is rejected', async () => Promise.reject(new Error('no net')), /no net/u],
  [
    'gives a thenable that is rejected',
    () => ({
      // oxlint-disable-next-line unicorn/no-thenable -- the promise of somebody else
      then: (_fulfil: unknown, reject: (error: Error) => void) => reject(new Error('odd')),
    }),
    /odd/u,
  ],
  [
    'gives a thenable that throws',
    () => ({
      // oxlint-disable-next-line unicorn/no-thenable -- the promise of somebody else
      get then() {
        throw new Error('no then')
      },
    }),
    /no then/u,
  ],
]

for (const [name, subscriber, message] of faults) {
  t.test(`counts that a subscriber ${name}, warns once, and decides as ever`, async (t) => {
    const gate = paymentsGate({ name: 'faulty' })
    const { guard, permission } = gate
    const told: string[] = []
    const subscription = onGateEvent(subscriber, { gate: 'faulty', types: ['permission-allowed'] })
    const other = onGateEvent(({ type }) => told.push(type), { gate: 'faulty' })
    const warnings = await countWarnings(() => {
      const ask = guard(permission('invoice:read'))
      t.match(ask(gate.admit(worker), { ...worker }), { allowed: true, reason: 'granted' })
      t.match(ask(gate.admit(worker), { ...worker }), { allowed: true, reason: 'granted' })
    })
    t.equal(subscription.faults, 2)
    t.equal(warnings.length, 1)
    t.match(warnings[0], message)
    t.match(warnings[0], /^a subscriber of gate events threw, which is counted from now on: /u)
    t.equal(told.length, 4, 'whoever else listens is told')
    subscription.stop()
    other.stop()
  })
}

t.test('contains a promise where the application has replaced `Promise`', async (t) => {
  const gate = paymentsGate({ name: 'replaced' })
  const native = globalThis.Promise
  const subscription = onGateEvent(async () => native.reject(new Error('late')), {
    gate: 'replaced',
  })
  const warned = once(process, 'warning')
  globalThis.Promise = Map as unknown as PromiseConstructor
  try {
    read(gate)
  } finally {
    globalThis.Promise = native
  }
  const [warning] = await warned
  t.match(warning, { name: 'PeergateWarning', code: 'PEERGATE_SUBSCRIBER_THREW', message: /late/u })
  t.equal(subscription.faults, 2)
  subscription.stop()
})

t.test('takes a promise that is fulfilled, and any other answer, for no fault', async (t) => {
  const gate = paymentsGate({ name: 'answering' })
  const answers = [async () => 'written', () => ({}), () => () => 0, () => null, () => 'then']
  for (const subscriber of answers) {
    const subscription = onGateEvent(subscriber, { gate: 'answering' })
    const warnings = await countWarnings(() => read(gate))
    t.match(subscription, { faults: 0, skipped: 0 })
    t.same(warnings, [])
    subscription.stop()
  }
})

t.test('does not hand a subscriber the events that it causes itself, and counts them', (t) => {
  const gate = paymentsGate({ name: 'circle' })
  const told: string[] = []
  const subscription = onGateEvent(
    ({ type }) => {
      told.push(type)
      read(gate)
    },
    { gate: 'circle' },
  )
  read(gate)
  t.same(told, ['identity-accepted', 'permission-allowed'])
  t.equal(subscription.skipped, 4)
  read(gate)
  t.equal(told.length, 4, 'it is told of the next ones')
  subscription.stop()
  t.end()
})

t.test('goes on with a subscriber that has thrown', (t) => {
  const gate = paymentsGate({ name: 'again' })
  let calls = 0
  const subscription = onGateEvent(
    () => {
      calls += 1
      throw new Error('each time')
    },
    { gate: 'again' },
  )
  read(gate)
  t.equal(calls, 2)
  t.match(subscription, { faults: 2, skipped: 0 })
  subscription.stop()
  t.end()
})

t.test('refuses what is no subscriber and no choice', (t) => {
  for (const [act, message] of [
    [() => onGateEvent('log' as never), 'onGateEvent: option "subscriber" must be a function'],
    [
      () => onGateEvent(() => 0, { types: ['permission'] as never }),
      /^onGateEvent: option "types\.0"/u,
    ],
    [() => onGateEvent(() => 0, { gate: '' }), 'onGateEvent: option "gate" must not be empty'],
    [() => onGateEvent(() => 0, { type: [] } as never), /"type".*"types"/u],
    [() => onGateEvent(() => 0, null as never), /^onGateEvent: /u],
  ] as const) {
    t.throws(act, { code: 'ERR_PEERGATE_OPTION_INVALID', detail: message })
  }
  t.end()
})
