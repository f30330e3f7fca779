import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { authenticated, createPeerGate, definePolicy, socketSource, spiffe } from '@peergate/core'
import type { PeerGate } from '@peergate/core'
import { peergate } from '@peergate/fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { createApp, tls } from './test-app.js'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const config = { permission: authenticated }

/** A gate whose policy has one permission, which no route needs. */
function createGate(): PeerGate {
  return createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ anyIdentity: true, allow: ['invoice:read'] }],
    }),
    findings: 'error',
  })
}

async function createGuardedApp(gate: PeerGate, path: string): Promise<FastifyInstance> {
  const app = createApp()
  await app.register(peergate, { gate })
  app.get(path, { config }, () => 'ok')
  return app
}

function pathsOf(gate: PeerGate): readonly string[] {
  return gate.inventory().map(({ path }) => path)
}

t.test('takes its routes back when the application is closed', async (t) => {
  const gate = createGate()
  const first = await createGuardedApp(gate, '/first')
  const second = await createGuardedApp(gate, '/second')
  await first.ready()
  t.strictSame(pathsOf(gate), ['/first', '/second'])
  await first.close()
  t.strictSame(pathsOf(gate), ['/second'])
  await second.close()
  t.strictSame(pathsOf(gate), [])
})

t.test('holds up no other application after its boot has failed and it is closed', async (t) => {
  const gate = createGate()
  const failing = await createGuardedApp(gate, '/failing')
  failing.register(async () => {
    throw new Error('no database')
  })
  await t.rejects(async () => failing.ready(), { message: 'no database' })
  t.strictSame(gate.audit(), [])
  await failing.close()
  const app = await createGuardedApp(gate, '/app')
  await t.rejects(async () => app.ready(), { code: 'ERR_PEERGATE_AUDIT_FAILED' })
  t.strictSame(pathsOf(gate), ['/app'])
})

t.test('is neither kept by its gate nor waited for when nobody holds it any more', async (t) => {
  const gate = createGate()
  const app = await createGuardedApp(gate, '/app')
  const dropped = await dropApp(gate)
  t.strictSame(pathsOf(gate), ['/app', '/dropped'])
  for (let round = 0; round < 50 && dropped.deref() !== undefined; round += 1) {
    await wait(10)
    collectGarbage()
  }
  t.equal(dropped.deref(), undefined)
  t.strictSame(pathsOf(gate), ['/app'])
  await t.rejects(async () => app.ready(), { code: 'ERR_PEERGATE_AUDIT_FAILED' })
})

async function dropApp(gate: PeerGate): Promise<WeakRef<FastifyInstance>> {
  return new WeakRef(await createGuardedApp(gate, '/dropped'))
}
