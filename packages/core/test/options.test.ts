import t from 'tap'
import * as z from 'zod'
import {
  madeBy,
  optionError,
  parseOptions,
  strictOptions,
  unknownName,
} from '@peergate/core/options'
import { faultOf } from './support/fault-of.js'

const made = new WeakSet<object>()
const thing = Object.freeze({})
made.add(thing)

const schema = strictOptions({
  mode: z.enum(['strict', 'lenient']).default('strict'),
  server: strictOptions({ cert: z.string(), port: z.number().optional() }),
  names: z
    .record(z.string().regex(/^[a-z]+$/u, 'must be named in lower case'), z.boolean())
    .optional(),
  thing: madeBy('createThing', (value) => made.has(value as object)).optional(),
  either: z.union([z.string('must be a path or bytes'), z.instanceof(Uint8Array)]).optional(),
  short: z.string().max(3).optional(),
})

const server = { cert: 'secret' }
const modes = 'option "mode" must be "strict" or "lenient"'

const faults: readonly (readonly [string, unknown, fault: string])[] = [
  ['no options', undefined, 'the options must be of the type object'],
  ['null', null, 'the options must be of the type object'],
  ['text for options', 'server', 'the options must be of the type object'],
  ['a list for options', [], 'the options must be of the type object'],
  ['a missing option', {}, 'option "server" is missing or undefined'],
  ['an undefined option', { server: undefined }, 'option "server" is missing or undefined'],
  ['an option that is null', { server: null }, 'option "server" must be of the type object'],
  ['a missing option of an option', { server: {} }, 'option "server.cert" is missing or undefined'],
  ['a wrong type', { server: { cert: 1 } }, 'option "server.cert" must be of the type string'],
  [
    'text for a number',
    { server: { ...server, port: '8443' } },
    'option "server.port" must be of the type number',
  ],
  [
    'NaN for a number',
    { server: { ...server, port: NaN } },
    'option "server.port" must be of the type number',
  ],
  [
    'a misspelt option',
    { server, mod: 'strict' },
    'option "mod" is not known; did you mean "mode"?',
  ],
  ['an unknown option', { server, colour: 'red' }, 'option "colour" is not known'],
  [
    'an unknown option that is undefined',
    { server, colour: undefined },
    'option "colour" is not known',
  ],
  ['a name of the prototype', { server, constructor: 1 }, 'option "constructor" is not known'],
  [
    '__proto__',
    { server, ...Object.defineProperty({}, '__proto__', { value: 1, enumerable: true }) },
    'option "__proto__" is not known',
  ],
  [
    'a misspelt option of an option',
    { server: { ...server, Prot: 1 } },
    'option "server.Prot" is not known; did you mean "port"?',
  ],
  ['a value that is none of the choices', { server, mode: 'off' }, modes],
  ['a misspelt choice', { server, mode: 'Strikt' }, `${modes}; did you mean "strict"?`],
  ['a choice that is no text', { server, mode: 1 }, modes],
  ['a faulty name', { server, names: { A: true } }, 'option "names.A" must be named in lower case'],
  ['what another made', { server, thing: {} }, 'option "thing" must be made by createThing'],
  ['neither of two types', { server, either: 1 }, 'option "either" must be a path or bytes'],
  [
    'what breaks a rule without words',
    { server, short: 'secret' },
    'option "short" is not well-formed',
  ],
  [
    'several faults at once',
    { mode: 'stric', server: { crt: 'secret' }, tings: 1 },
    `${modes}; did you mean "strict"?; option "server.cert" is missing or undefined; option "server.crt" is not known; did you mean "cert"?; option "tings" is not known; did you mean "thing"?`,
  ],
]

for (const [name, options, fault] of faults) {
  t.test(`refuses ${name}`, async (t) => {
    const error = faultOf(() => parseOptions('createThing', schema, options))
    t.equal(error?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(error?.detail, `createThing: ${fault}`)
    t.notMatch(error?.message, 'secret', 'no value is shown')
  })
}

t.test('gives a copy of the options, with their defaults', async (t) => {
  const options = { server, thing }
  const parsed = parseOptions('createThing', schema, options)
  t.strictSame(parsed, { mode: 'strict', server, thing })
  t.not(parsed.server, server)
  t.equal(parsed.thing, thing)
})

t.test('converts no value', async (t) => {
  for (const port of ['1', true, null, [1], new Date(0), 1n]) {
    const error = faultOf(() => parseOptions('a', schema, { server: { ...server, port } }))
    t.equal(error?.detail, 'a: option "server.port" must be of the type number')
  }
})

t.test('tells a fault that no schema can see, with its cause', async (t) => {
  const cause = new Error('why')
  const error = optionError('createThing', 'two options contradict', cause)
  t.equal(error.code, 'ERR_PEERGATE_OPTION_INVALID')
  t.equal(error.message, 'options must be well-formed: createThing: two options contradict')
  t.equal(error.cause, cause)
})

const names: readonly (readonly [name: string, known: readonly string[], hint: string])[] = [
  ['invoice:raed', ['admin:reindex', 'invoice:write', 'invoice:read'], 'invoice:read'],
  ['INVOICE:READ', ['invoice:read'], 'invoice:read'],
  ['clientCAs', ['server', 'clientCas'], 'clientCas'],
  ['ab', ['abcd'], 'abcd'],
  ['ab', ['abcde'], ''],
  ['abcdefghi', ['abcdef'], 'abcdef'],
  ['abcdefghi', ['abcde'], ''],
  ['bac', ['abc', 'bace'], 'bace'],
  ['same', ['sane', 'tame'], 'sane'],
  ['', ['ab'], 'ab'],
  ['anything', [], ''],
  ['anything', [''], ''],
]

for (const [name, known, hint] of names) {
  t.test(`names the nearest to ${JSON.stringify(name)} among ${known.join(', ')}`, async (t) => {
    const meant = hint === '' ? '' : `; did you mean "${hint}"?`
    t.equal(unknownName('name', name, known), `name "${name}" is not known${meant}`)
  })
}

t.test('compares no name of more than a hundred characters', async (t) => {
  const name = 'x'.repeat(99)
  t.match(unknownName('role', `${name}y`, [`${name}z`]), /did you mean/u)
  t.notMatch(unknownName('role', `${name}yy`, [`${name}yz`]), /did you mean/u)
})

function numbers(length: number): object {
  return { list: Array.from({ length }, () => 1) }
}

function keys(length: number): object {
  return Object.fromEntries(Array.from({ length }, (_, index) => [`key${index}`, 1]))
}

t.test('tells twenty faults, and how many more there are', async (t) => {
  const list = strictOptions({ list: z.array(z.string()).optional() })
  const detailOf = (options: object) =>
    faultOf(() => parseOptions('createThing', list, options))?.detail
  t.match(detailOf(numbers(20)), /"list\.19" must be of the type string$/u)
  t.match(detailOf(numbers(21)), /"list\.19" must be of the type string; and 1 more$/u)
  t.match(detailOf(keys(20)), /"key19" is not known$/u)
  t.match(detailOf(keys(30)), /"key19" is not known; and 10 more$/u)
})

t.test('shows the beginning of a long name, and no character that drives a terminal', async (t) => {
  const shown = unknownName('role', 'x'.repeat(100_000), ['ca'])
  t.equal(shown, `role "${'x'.repeat(200)}…" is not known`)
  t.equal(
    unknownName('role', '\u001b[2K\u202e', []),
    String.raw`role "\u001b[2K\u202e" is not known`,
  )
})
