import t from 'tap'
import type { IdentityKind } from '@peergate/core'
import { compilePattern } from '#core/policy/pattern.js'
import { createPatternIndex } from '#core/policy/pattern/pattern-index.js'

t.test('finds every pattern that stands for an identity, in their order', (t) => {
  const table: readonly (readonly [IdentityKind, readonly string[], string, readonly number[]])[] =
    [
      [
        'spiffe',
        ['spiffe://a/**', 'spiffe://a/b/c', 'spiffe://a/*/c', 'spiffe://a/b/**', 'spiffe://a/b'],
        'spiffe://a/b/c',
        [0, 1, 2, 3],
      ],
      ['spiffe', ['spiffe://a/{x}', 'spiffe://a/*', 'spiffe://a/{y}'], 'spiffe://a/b', [0, 1, 2]],
      ['spiffe', ['spiffe://a/b', 'spiffe://a/b'], 'spiffe://a/b', [0, 1]],
      ['spiffe', [], 'spiffe://a/b', []],
      ['uri', ['https://a/**', 'https://a/b?c', 'https://a/b'], 'https://a/b?c', [1]],
      ['dns', ['*.b.com', 'a.b.com', '**.b.com', '*.a.b.com'], 'a.b.com', [0, 1, 2]],
      ['email', ['a@b.com', '*@b.com', '*@c.com'], 'a@b.com', [0, 1]],
      ['upn', ['{x}@b.com', '*@c.com', 'a@b.com'], 'a@b.com', [0, 2]],
      ['ip', ['10.1.0.0/16', '10.0.0.0/8', '10.1.2.3', '10.0.0.0/9'], '10.1.2.3', [0, 1, 2, 3]],
      ['ip', ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.3.0/24'], '10.2.0.0', [0]],
      ['ip', ['10.0.0.0/8', '10.0.0.0/8'], '10.0.0.1', [0, 1]],
      ['ip', ['a00::/8', '10.0.0.0/8'], '10.0.0.1', [1]],
      ['ip', ['a00::/8', '10.0.0.0/8'], 'a00::1', [0]],
      ['ip', ['10.0.0.0/8'], '9.255.255.255', []],
      ['ip', ['10.0.0.0/8'], 'not an address', []],
      ['commonName', ['*', 'a', '{x}'], 'a', [1]],
      ['commonName', ['*', 'a', '{x}'], '{x}', [2]],
    ]
  for (const [kind, texts, identity, expected] of table) {
    const find = createPatternIndex(
      kind,
      texts.map((text) => compilePattern(kind, text)),
    )
    t.strictSame(find(identity), expected, `${identity} in ${texts.join()}`)
  }
  t.end()
})

t.test('finds nothing by the same text in another kind', (t) => {
  const find = createPatternIndex('email', [
    compilePattern('upn', 'a@b.com'),
    compilePattern('upn', '*@b.com'),
    compilePattern('email', '*@b.com'),
  ])
  t.strictSame(find('a@b.com'), [2])
  t.end()
})

t.test('finds nothing that a caller can change', (t) => {
  const find = createPatternIndex('dns', [
    compilePattern('dns', 'a.b'),
    compilePattern('dns', 'b.c'),
  ])
  for (const identity of ['a.b', 'c.d']) {
    const found = find(identity) as number[]
    found.push(7)
    t.not(find(identity), found)
    t.notOk(find(identity).includes(7))
  }
  t.end()
})

t.test('finds what members of prototypes are called only where a pattern says so', (t) => {
  const patterns = ['spiffe://a/b/c', 'spiffe://a/*/c'].map((text) =>
    compilePattern('spiffe', text),
  )
  const find = createPatternIndex('spiffe', patterns)
  for (const name of ['__proto__', 'constructor', 'toString']) {
    t.strictSame(find(`spiffe://a/${name}`), [])
    t.strictSame(find(`spiffe://a/${name}/c`), [1])
    t.strictSame(find(name), [])
  }
  t.end()
})

t.test('reads a long identity among patterns of many wildcards to its end', (t) => {
  const steps = ['a', '*'] as const
  const texts = Array.from({ length: 1024 }, (_, bits) =>
    Array.from({ length: 10 }, (_, at) => steps[(bits >> at) & 1]).join('/'),
  )
  const patterns = texts.map((text) => compilePattern('spiffe', `spiffe://a/${text}`))
  const find = createPatternIndex('spiffe', patterns.slice(1))
  t.equal(find(`spiffe://a/${'a/'.repeat(9)}a`).length, 1023)
  t.strictSame(find(`spiffe://a/${'a/'.repeat(1000)}a`), [])
  t.end()
})
