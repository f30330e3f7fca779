import assert from 'node:assert/strict'
import t from 'tap'
import type { IdentityKind } from '@peergate/core'
import { compilePattern } from '#core/policy/pattern.js'
import type { IdentityPattern } from '#core/policy/pattern.js'
import { faultOf } from '../support/fault-of.js'
import { createSeededRandom } from '../support/seeded-random.js'

const kinds: readonly IdentityKind[] = ['spiffe', 'uri', 'dns', 'ip', 'email', 'upn', 'commonName']

const common = ['spiffe://a', 'urn:', 'https://a', '/a', '/', 'A', 'a', '.', '@', ':', '?'] as const
const pieces = [
  ...common,
  '#',
  '*',
  '**',
  '/*',
  '/**',
  '*.',
  'b.c',
  '1',
  '10.0.0.0',
  '::',
  '\0',
] as const

void t.test('throws nothing but its own error, and writes a pattern as that pattern', (t) => {
  for (const kind of kinds) {
    const patterns = samplePatterns(kind)
    t.ok(patterns.length > 1, `${kind} has ${patterns.length} patterns`)
    for (const { text } of patterns) if (compilePattern(kind, text).text !== text) t.fail(text)
  }
  t.end()
})

void t.test('takes every identity as a pattern of itself alone', (t) => {
  for (const kind of kinds) {
    const identities = new Set(samplePatterns(kind).flatMap(({ exact }) => exact ?? []))
    t.ok(identities.size > 1, `${kind} has ${identities.size} identities`)
    for (const identity of identities) {
      const { exact, matches } = compilePattern(kind, identity)
      const matched = Array.from(identities).filter((other) => matches(other))
      if (exact !== identity || matched.length !== 1) t.fail(`${kind} ${identity}`)
    }
  }
  t.end()
})

void t.test('agrees with a plain reading of its wildcards', (t) => {
  const random = createSeededRandom(3986)
  const names = () => Array.from({ length: 1 + random.below(5) }, () => random.pick(['a', 'b']))
  for (let round = 0; round < 20_000; round += 1) {
    const segments = names()
    const wild = names().map((name) => (random.once(3) ? '*' : name))
    if (random.once(2)) wild.push('**')
    const path = compilePattern('spiffe', `spiffe://t/${wild.join('/')}`)
    const dns = compilePattern('dns', `${wild.toReversed().join('.')}.t.u`)
    const expected = matchPlainly(wild, segments)
    const matched = [
      path.matches(`spiffe://t/${segments.join('/')}`),
      dns.matches(`${segments.toReversed().join('.')}.t.u`),
    ]
    if (matched.some((match) => match !== expected)) t.fail(`${wild.join()} ${segments.join()}`)
  }
  t.end()
})

/** The patterns of the kind among some thousand texts. */
function samplePatterns(kind: IdentityKind): readonly IdentityPattern[] {
  const random = createSeededRandom(9440)
  const patterns: IdentityPattern[] = []
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from({ length: random.below(6) }, () => random.pick(pieces)).join('')
    const error = faultOf(() => patterns.push(compilePattern(kind, text)))
    if (error !== null) assert.equal(error.code, 'ERR_PEERGATE_PATTERN_INVALID')
  }
  return patterns
}

function matchPlainly([step, ...steps]: readonly string[], segments: readonly string[]): boolean {
  const [segment, ...others] = segments
  if (step === undefined || segment === undefined) return step === segment
  if (step === '**') return true
  return (step === '*' || step === segment) && matchPlainly(steps, others)
}
