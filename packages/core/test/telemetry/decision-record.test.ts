import {
  PeerGateError,
  authenticated,
  createPeerGate,
  definePolicy,
  onGateEvent,
  spiffe,
} from '@peergate/core'
import type { PeerSource, RolloutMode } from '@peergate/core'
import t from 'tap'

const refusal = new PeerGateError('ERR_PEERGATE_CERTIFICATE_MISSING', 'nobody is there')

function fail(): never {
  throw new Error('it is broken')
}

/** A gate whose source tells of everybody that they are refused, and fails at everything else. */
function createGate(name: string, mode: RolloutMode) {
  const source: PeerSource = {
    name: 'own',
    mode,
    read: () => refusal,
    unverifiedPeerOf: fail,
    isFromTrustedProxy: fail,
  }
  return createPeerGate({
    name,
    source,
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ identity: 'spiffe://prod.example/*', allow: ['invoice:read'] }],
    }),
  })
}

for (const mode of ['observe', 'enforce'] as const) {
  t.test(`${mode}: a record that fails changes no decision`, async (t) => {
    const warnings: unknown[] = []
    const warn = ({ code }: NodeJS.ErrnoException) => warnings.push(code)
    process.on('warning', warn)
    t.teardown(() => process.off('warning', warn))
    const gate = createGate(`failing-${mode}`, mode)
    const told: unknown[] = []
    const subscription = onGateEvent(({ type }) => told.push(type), { gate: gate.name })
    t.teardown(() => subscription.stop())
    const guard = gate.guard(authenticated)
    const request = {}
    const expected = mode === 'observe' ? { allowed: true } : { allowed: false, error: refusal }
    t.match(guard(gate.admit(request), request), expected)
    t.match(guard(gate.admit(request), request, {}, fail), expected)
    t.throws(() => gate.identify({}), refusal)
    await new Promise(setImmediate)
    t.strictSame(told, [])
    const contained = warnings.filter((code) => code === 'PEERGATE_CALLBACK_THREW')
    t.equal(contained.length, 3, 'it is told that they failed')
    t.match(gate.requestId(request), { traceId: null }, 'who cannot be told is no trusted proxy')
  })
}
