import { once } from 'node:events'
import { onGateEvent } from '@peergate/core'
import type { GateEvent } from '@peergate/core'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import type { Test } from 'tap'
import { createGateEvents } from '#core/telemetry/gate-events.js'
import { createReloadEvents } from '#core/telemetry/reload-events.js'
import { openFile, yamlOf } from '../support/file-gate.js'
import { policyFolder } from '../support/policy-folder.js'
import { startReloadingServer } from '../support/reloading-server.js'

const { pki } = await createConformanceGates()
const batch = pki.authority('batch-client-ca').certificate

/** The reloads of a gate or a policy, without their time. */
function listenTo(t: Test, gate: string): () => readonly object[] {
  const told: object[] = []
  const receive = ({ time, ...event }: Extract<GateEvent, { layer: 'configuration' }>) => {
    t.ok(time > 0)
    told.push(event)
  }
  const subscription = onGateEvent(
    (event) => {
      if (event.layer === 'configuration') receive(event)
    },
    { gate, types: ['reload-done', 'reload-failed'] },
  )
  t.teardown(() => subscription.stop())
  return () => told.splice(0)
}

const facts = { layer: 'configuration' } as const

t.test('tells of the reloads of a TLS gate, by its trust epoch', async (t) => {
  const { tls, write } = await startReloadingServer(t, pki, { name: 'edge', mode: 'enforce' })
  const told = listenTo(t, 'edge')
  const own = { ...facts, gate: 'edge', mode: 'enforce', subject: 'tls' } as const
  await tls.reload()
  t.strictSame(told(), [{ ...own, type: 'reload-done', epoch: tls.epoch }])
  const { epoch } = tls
  write('ca.pem', batch)
  await tls.reload()
  t.strictSame(told(), [{ ...own, type: 'reload-done', epoch: tls.epoch }])
  t.not(tls.epoch, epoch)
  write('ca.pem', 'no certificate')
  await t.rejects(tls.reload(), { code: 'ERR_PEERGATE_PEM_INVALID' })
  t.strictSame(told(), [{ ...own, type: 'reload-failed', code: 'ERR_PEERGATE_PEM_INVALID' }])
})

t.test('tells of a reload that a change of the files began', async (t) => {
  const reload = { every: 0.05 }
  const { tls, write, nextOutcome } = await startReloadingServer(t, pki, {
    name: 'watched',
    reload,
  })
  const told = listenTo(t, 'watched')
  const failed = nextOutcome()
  write('ca.pem', '')
  await failed
  t.match(told(), [{ type: 'reload-failed', subject: 'tls', code: 'ERR_PEERGATE_PEM_INVALID' }])
  const done = nextOutcome()
  write('ca.pem', batch)
  await done
  t.match(told(), [{ type: 'reload-done', subject: 'tls', epoch: tls.epoch }])
})

t.test('tells of the reloads of a policy file, which is of no gate alone', async (t) => {
  const { write, path } = policyFolder(t)
  write('policy.yaml', yamlOf('invoice:read'))
  const file = openFile(t, path('policy.yaml'), { name: 'invoices' })
  const told = listenTo(t, 'invoices')
  const own = { ...facts, gate: 'invoices', mode: null, subject: 'policy' } as const
  await file.reload()
  t.strictSame(told(), [{ ...own, type: 'reload-done', epoch: null }])
  write('policy.yaml', 'identity: [')
  await t.rejects(file.reload(), { code: 'ERR_PEERGATE_POLICY_FILE_INVALID' })
  const code = 'ERR_PEERGATE_POLICY_FILE_INVALID'
  t.strictSame(told(), [{ ...own, type: 'reload-failed', code }])
})

t.test('tells of a reload at a signal', async (t) => {
  const { write, path } = policyFolder(t)
  write('policy.yaml', yamlOf('invoice:read'))
  const own = { name: 'signalled', reload: { signal: 'SIGHUP' } } as const
  openFile(t, path('policy.yaml'), own)
  const told = listenTo(t, 'signalled')
  const signalled = once(process, 'SIGHUP')
  process.kill(process.pid, 'SIGHUP')
  await signalled
  t.match(told(), [{ type: 'reload-done', subject: 'policy', gate: 'signalled' }])
})

t.test('tells of a fault that has no code as of one of the gate', (t) => {
  const told = listenTo(t, 'odd')
  const { failed } = createReloadEvents(createGateEvents('odd', null), 'policy', () => null)
  failed(new TypeError('of the engine'))
  t.match(told(), [{ type: 'reload-failed', code: 'ERR_PEERGATE_GATE_FAULTY' }])
  t.end()
})
