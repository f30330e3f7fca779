import assert from 'node:assert/strict'
import t from 'tap'
import type { IdentityKind } from '@peergate/core'
import { compilePattern } from '#core/policy/pattern.js'
import { createPatternIndex } from '#core/policy/pattern/pattern-index.js'
import { createSeededRandom } from '../support/seeded-random.js'
import type { SeededRandom } from '../support/seeded-random.js'

interface Sampler {
  readonly pattern: (random: SeededRandom) => string
  readonly identity: (random: SeededRandom) => string
  /** What `*` and `**` are as regular expressions; empty where they are text. */
  readonly one: string
  readonly rest: string
}

const path = { one: '[^/?#]+', rest: '[^/?#]+(?:/[^/?#]*)*' } as const
const label = { one: '[^.]+', rest: String.raw`(?:[^.]*\.)*[^.]+` } as const
const localPart = { one: '[^@]+', rest: '' } as const

const account: Sampler = {
  ...localPart,
  pattern: (random) =>
    `${random.pick(['a', 'b', '*', '{x}', 'c{1-2}'])}@${random.pick(['a', 'b', 'a.b'])}`,
  identity: (random) =>
    `${random.pick(['a', 'b', 'ab', '*', '{x}', '{y}', 'c{1-2}'])}@${random.pick(['a', 'b', 'a.b', 'b.a'])}`,
}

const samplers = Object.entries({
  spiffe: {
    ...path,
    pattern: (random) => `spiffe://${random.pick(['a', 'b'])}/${sampleSteps(random).join('/')}`,
    identity: (random) => `spiffe://${random.pick(['a', 'b'])}/${sampleUnits(random).join('/')}`,
  },
  uri: {
    ...path,
    pattern: (random) =>
      `${random.pick(['https://a', 'urn:a', 'app:'])}/${sampleSteps(random).join('/')}`,
    identity: (random) =>
      `${random.pick(['https://a', 'urn:a', 'app:', 'app:/'])}/${sampleUnits(random).join('/')}`,
  },
  dns: {
    ...label,
    pattern: (random) => `${sampleSteps(random).toReversed().join('.')}.a.a`,
    identity: (random) => `${sampleUnits(random).toReversed().join('.')}.a.a`,
  },
  email: account,
  upn: account,
  commonName: {
    one: '',
    rest: '',
    pattern: (random) => random.pick(['a', 'b', '*', '**', '{x}', '**a']),
    identity: (random) => random.pick(['a', 'b', '*', '**', '{x}', '{y}', '**a']),
  },
} satisfies Partial<Record<IdentityKind, Sampler>>) as readonly [IdentityKind, Sampler][]

t.test('agrees with a scan of the patterns by regular expressions', (t) => {
  for (const [kind, sampler] of samplers) {
    const random = createSeededRandom(5280)
    let hits = 0
    for (let round = 0; round < 100; round += 1) {
      const texts = Array.from({ length: random.below(25) }, () => sampler.pattern(random))
      const probes = Array.from({ length: 40 }, () =>
        random.once(10) ? random.pick(['', ...texts]) : sampler.identity(random),
      )
      hits += compareWithExpressions(kind, sampler, { texts, probes })
    }
    t.ok(hits > 500, `${kind} has ${hits} hits`)
  }
  t.end()
})

/** How many of the patterns stand for how many of the probes, if both ways agree. */
function compareWithExpressions(
  kind: IdentityKind,
  sampler: Sampler,
  { texts, probes }: { readonly texts: readonly string[]; readonly probes: readonly string[] },
): number {
  const patterns = texts.map((text) => compilePattern(kind, text))
  const expressions = patterns.map(({ text }) => translate(text, sampler))
  const find = createPatternIndex(kind, patterns)
  let hits = 0
  for (const probe of probes) {
    const captured = expressions.map((expression) => readGroups(expression, probe))
    const expected = [...captured.keys()].filter((at) => captured[at] !== null)
    assert.deepEqual(find(probe), expected, `${kind} ${probe} in ${texts.join()}`)
    assert.deepEqual(
      patterns.map(({ matches }) => matches(probe)),
      captured.map((groups) => groups !== null),
      `${kind} ${probe} by each of ${texts.join()}`,
    )
    assert.deepEqual(
      patterns.map(({ capture }) => capture(probe)),
      captured,
      `${kind} captures of ${probe} by each of ${texts.join()}`,
    )
    hits += expected.length
  }
  return hits
}

function readGroups(expression: RegExp, text: string): ReadonlyMap<string, string> | null {
  const match = expression.exec(text)
  return match && new Map(Object.entries(match.groups ?? {}))
}

function translate(text: string, { one, rest }: Sampler): RegExp {
  if (one === '') return new RegExp(`^${escape(text)}$`)
  const parts = text.match(/\*\*|\{[A-Za-z]\w*\}|./gu) ?? []
  const sources = parts.map((part) => {
    if (part === '**') return rest
    if (part === '*') return one
    return part.length > 1 ? `(?<${part.slice(1, -1)}>${one})` : escape(part)
  })
  return new RegExp(`^${sources.join('')}$`)
}

function escape(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, String.raw`\$&`)
}

/** One to four of a, b and wildcards, the last in front where `**` may be. */
function sampleSteps(random: SeededRandom): string[] {
  const steps = Array.from({ length: 1 + random.below(4) }, (_, at) =>
    random.pick(['a', 'b', 'a', '*', `{n${at}}`]),
  )
  return random.once(4) ? [...steps, '**'] : steps
}

/** As an identity may have them, and as none has. */
function sampleUnits(random: SeededRandom): string[] {
  return Array.from({ length: 1 + random.below(5) }, () =>
    random.once(12) ? random.pick(['*', '**', '{n0}', '', '?', '#']) : random.pick(['a', 'b']),
  )
}

t.test('agrees with a scan of networks by their numbers', (t) => {
  const random = createSeededRandom(4632)
  let hits = 0
  for (let round = 0; round < 150; round += 1) {
    const networks = Array.from({ length: random.below(40) }, () => sampleNetwork(random))
    const patterns = networks.map((network) => compilePattern('ip', writeNetwork(network)))
    const find = createPatternIndex('ip', patterns)
    for (let probe = 0; probe < 40; probe += 1) {
      const { width, bits } = sampleNetwork(random)
      const { exact } = compilePattern('ip', writeNetwork({ width, bits, length: width }))
      const expected = [...networks.entries()].filter(([, network]) => {
        const shift = BigInt(width - network.length)
        return network.width === width && network.bits >> shift === bits >> shift
      })
      hits += expected.length
      const positions = expected.map(([at]) => at).join()
      if (find(exact ?? '').join() !== positions) t.fail(`${exact} is in ${positions}`)
      for (const [at, pattern] of patterns.entries()) {
        const holds = expected.some(([position]) => position === at)
        if (pattern.matches(exact ?? '') !== holds) t.fail(`${pattern.text} ${exact}`)
      }
    }
  }
  t.ok(hits > 5000, `${hits} hits`)
  t.end()
})

interface SampleNetwork {
  readonly width: 32 | 128
  readonly bits: bigint
  readonly length: number
}

/** Few bits are set, so that networks are often within others. */
function sampleNetwork(random: SeededRandom): SampleNetwork {
  const width = random.pick([32, 128] as const)
  const length = 1 + random.below(random.once(3) ? width : 6)
  const [first = 0, last = 0] = random.bytes(2)
  const bits = (BigInt(first & 0xe4) << BigInt(width - 8)) | BigInt(last & 1)
  const mapped = width === 128 && random.once(4) ? 0xffff_0000_0000n | BigInt(last) : bits
  const shift = BigInt(width - length)
  return { width, bits: (mapped >> shift) << shift, length }
}

function writeNetwork({ width, bits, length }: SampleNetwork): string {
  if (width === 32) {
    const bytes = [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn)
    return `${bytes.join('.')}/${length}`
  }
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bits >> BigInt(112 - 16 * at)) & 0xffffn).toString(16),
  )
  return `${groups.join(':')}/${length}`
}
