import t from 'tap'
import { createRefusalAnswer } from '@peergate/core'
import type { RefusalAnswer } from '@peergate/core'
import { faultOf } from './support/fault-of.js'
import { paymentsGate } from './support/payments-gate.js'

const gate = paymentsGate()
const create = createRefusalAnswer as (
  owner: string,
  gate: unknown,
  options?: unknown,
) => RefusalAnswer

t.test('leaves the answer to the framework if it is told to', async (t) => {
  t.equal(createRefusalAnswer('adapter', gate, { errors: 'forward' }).forward, true)
  t.equal(createRefusalAnswer('adapter', gate, { errors: 'answer' }).forward, false)
  t.equal(createRefusalAnswer('adapter', gate).forward, false)
})

t.test('is frozen', async (t) => {
  t.ok(Object.isFrozen(createRefusalAnswer('adapter', gate)))
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
