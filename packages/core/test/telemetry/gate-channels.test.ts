import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { gateChannels, onGateEvent } from '@peergate/core'
import type { GateEvent } from '@peergate/core'
import t from 'tap'
import { nameless, paymentsGate, worker } from '../support/payments-gate.js'

t.test('has one channel for each type of event, whose name is part of the interface', (t) => {
  t.strictSame(gateChannels, {
    'connection-accepted': 'peergate:tls:connection-accepted',
    'connection-closed': 'peergate:tls:connection-closed',
    'handshake-refused': 'peergate:tls:handshake-refused',
    'identity-absent': 'peergate:identity:absent',
    'identity-accepted': 'peergate:identity:accepted',
    'identity-rejected': 'peergate:identity:rejected',
    'permission-allowed': 'peergate:permission:allowed',
    'permission-denied': 'peergate:permission:denied',
    'reload-done': 'peergate:reload:done',
    'reload-failed': 'peergate:reload:failed',
  })
  t.ok(Object.isFrozen(gateChannels))
  t.end()
})

t.test('publishes to whoever subscribes by name what it tells `onGateEvent`, frozen', (t) => {
  const gate = paymentsGate({ name: 'raw' })
  const published: unknown[] = []
  const receive = (message: unknown, channel: string | symbol) => {
    published.push([channel, message])
  }
  const told: GateEvent[] = []
  const subscription = onGateEvent((event) => told.push(event))
  const names = Object.values(gateChannels)
  for (const name of names) subscribe(name, receive)
  const before = Date.now()
  for (const sender of [worker, nameless]) {
    const request = { ...sender }
    gate.guard(gate.permission('invoice:read'))(gate.admit(request), request)
  }
  for (const name of names) unsubscribe(name, receive)
  subscription.stop()
  t.same(
    published,
    told.map((event) => [gateChannels[event.type], event]),
  )
  t.same(
    told.map(({ type }) => type),
    ['identity-accepted', 'permission-allowed', 'identity-rejected'],
  )
  for (const event of told) {
    t.ok(Object.isFrozen(event))
    t.ok('request' in event && Object.isFrozen(event.request))
    t.match(event, { gate: 'raw', mode: 'enforce' })
    t.ok(event.time >= before && event.time <= Date.now())
  }
  t.end()
})
