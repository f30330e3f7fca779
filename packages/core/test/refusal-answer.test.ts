import t from 'tap'
import { PeerGateError, createRefusalAnswer } from '@peergate/core'
import type { RefusalAnswer } from '@peergate/core'
import { faultOf } from './support/fault-of.js'
import { paymentsGate } from './support/payments-gate.js'

const gate = paymentsGate()
const denied = new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', 'secret of the log')
const create = createRefusalAnswer as (
  owner: string,
  gate: unknown,
  options?: unknown,
) => RefusalAnswer

t.test('answers with the status, the type and the code, and nothing else', async (t) => {
  const answer = createRefusalAnswer('adapter', gate)
  t.equal(answer.forward, false)
  t.ok(Object.isFrozen(answer))
  t.strictSame(answer.problem(denied), {
    statusCode: 403,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: '{"type":"about:blank","status":403,"code":"ERR_PEERGATE_PERMISSION_DENIED"}',
  })
})

t.test('names the page of the code', async (t) => {
  for (const base of ['https://docs.example/', 'http://docs.example/a?code=', 'https://a.b/e/#']) {
    const { problem } = createRefusalAnswer('adapter', gate, { problemTypeBase: base })
    const { type } = JSON.parse(problem(denied).body)
    t.equal(type, `${base}ERR_PEERGATE_PERMISSION_DENIED`)
  }
})

t.test('leaves the answer to the framework if it is told to', async (t) => {
  t.equal(createRefusalAnswer('adapter', gate, { errors: 'forward' }).forward, true)
  t.equal(createRefusalAnswer('adapter', gate, { errors: 'answer' }).forward, false)
})

const aGate = 'option "gate" must be made by createPeerGate'
const aUrl =
  'option "problemTypeBase" must be an absolute http or https URL that ends with "/", "#" or "="'
const anObject = 'the options must be of the type object'

const faults: readonly (readonly [string, unknown, unknown, fault: string])[] = [
  ['no gate', undefined, {}, aGate],
  ['null for a gate', null, {}, aGate],
  ['text for a gate', 'gate', {}, aGate],
  ['a spread gate', { ...gate }, {}, aGate],
  ['a derived gate', Object.create(gate), {}, aGate],
  ['a wrapped gate', new Proxy(gate, {}), {}, aGate],
  ['another gate in the options', undefined, { gate }, aGate],
  [
    'a misspelt gate',
    undefined,
    { gates: gate },
    `${aGate}; option "gates" is not known; did you mean "gate"?`,
  ],
  ['null for options', gate, null, anObject],
  ['text for options', gate, 'forward', anObject],
  ['a boolean for options', gate, true, anObject],
  [
    'a misspelt option',
    gate,
    { error: 'forward' },
    'option "error" is not known; did you mean "errors"?',
  ],
  [
    'a misspelt choice',
    gate,
    { errors: 'foward' },
    'option "errors" must be "answer" or "forward"; did you mean "forward"?',
  ],
  ['a relative URL', gate, { problemTypeBase: '/errors/' }, aUrl],
  ['a URL of another scheme', gate, { problemTypeBase: 'javascript://docs.example/' }, aUrl],
  ['a URL without a path', gate, { problemTypeBase: 'https://docs.example' }, aUrl],
  ['a URL that ends in a word', gate, { problemTypeBase: 'https://docs.example/errors' }, aUrl],
  ['a URL with a space', gate, { problemTypeBase: ' https://docs.example/' }, aUrl],
  ['a URL with an impossible port', gate, { problemTypeBase: 'https://docs.example:0x/' }, aUrl],
]

for (const [name, given, options, fault] of faults) {
  t.test(`refuses ${name}`, async (t) => {
    const error = faultOf(() => create('adapter', given, options))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `adapter: ${fault}`)
  })
}
