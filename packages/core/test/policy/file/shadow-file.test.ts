import t from 'tap'
import { faultOf } from '../../support/fault-of.js'
import { mayDo, openFile, gateOf, yamlOf } from '../../support/file-gate.js'
import { hearEvents } from '../../support/heard-events.js'
import { paymentsGate, worker } from '../../support/payments-gate.js'
import { policyFolder } from '../../support/policy-folder.js'

const reading = yamlOf('invoice:read')
const writing = yamlOf('invoice:write')

t.test('follows the reloads of a shadow in a file', async (t) => {
  const { path, write } = policyFolder(t)
  const file = openFile(t, write('shadow.yaml', reading))
  const gate = paymentsGate({ shadow: file })
  const denials = hearEvents(t, 'permission-denied')
  const countDenials = () => {
    denials.length = 0
    t.ok(mayDo(gate, 'invoice:read'))
    return denials.length
  }
  t.equal(countDenials(), 0)
  write('shadow.yaml', writing)
  await file.reload()
  t.equal(countDenials(), 1)
  write('shadow.yaml', 'identity: [')
  await t.rejects(file.reload(), { code: 'ERR_PEERGATE_POLICY_FILE_INVALID' })
  t.equal(countDenials(), 1)
  t.match(denials, [{ policy: 'shadow', isEnforced: false }])
  t.equal(path('shadow.yaml'), file.path)
})

t.test('keeps everything as it was where one of the gates refuses the file', async (t) => {
  const { write } = policyFolder(t)
  const file = openFile(t, write('shadow.yaml', reading))
  const gates = [paymentsGate({ shadow: file }), gateOf(file), paymentsGate({ shadow: file })]
  const foreign = reading.replace('prod.example', 'test.example')
  write('shadow.yaml', foreign)
  await t.rejects(file.reload(), { message: /can match nobody/u })
  const denials = hearEvents(t, 'permission-denied')
  for (const gate of gates) t.ok(mayDo(gate, 'invoice:read'))
  t.strictSame(denials, [])
  write('shadow.yaml', writing)
  await file.reload()
  t.strictSame(
    gates.map((gate) => mayDo(gate, 'invoice:read')),
    [true, false, true],
  )
  t.match(
    denials.map(({ policy }) => policy),
    ['shadow', 'live', 'shadow'],
  )
})

t.test('names the file in what is wrong with a shadow', async (t) => {
  const { write } = policyFolder(t)
  const content = yamlOf('invoice:read').replace('spiffe://prod', 'spiffe://test')
  const file = openFile(t, write('shadow.yaml', content))
  const detail = faultOf(() => paymentsGate({ shadow: file }))?.detail
  t.match(detail, /shadow\.yaml:4:5: option "grants\.0\.identity" can match nobody/u)
})

t.test('changes a shadow that is in a file by the file alone', async (t) => {
  const { write } = policyFolder(t)
  const file = openFile(t, write('shadow.yaml', reading))
  const gate = paymentsGate({ shadow: file })
  for (const policy of [file.policy, null]) {
    t.equal(
      faultOf(() => gate.setShadowPolicy(policy))?.detail,
      'setShadowPolicy: the shadow policy of this gate is in a file; change the file',
    )
  }
})

t.test('tries a shadow in code beside a policy in a file', async (t) => {
  const { write } = policyFolder(t)
  const live = openFile(t, write('policy.yaml', reading))
  const gate = gateOf(live)
  gate.setShadowPolicy(openFile(t, write('shadow.yaml', writing)).policy)
  const denials = hearEvents(t, 'permission-denied')
  gate.guard(gate.permission('invoice:read'))(gate.admit(worker), worker)
  t.match(denials, [{ policy: 'shadow' }])
})
