import { createEvidenceCache } from '#core/source/evidence-cache.js'
import type { SentHeaders } from '#core/contract/collect-headers.js'
import t from 'tap'
import type { PeerEvidence } from '@peergate/core'
import { certificateFacts } from '../support/certificate-facts.js'

function evidenceOf(source: string): PeerEvidence {
  const certificate = certificateFacts()
  return { source, assurance: 'proxy-verified', certificate, trustSet: null }
}

/** One header of one line. */
function sent(text: string): SentHeaders {
  return [[text]]
}

t.test('forgets what was not asked for the longest, above its entries', (t) => {
  const cache = createEvidenceCache({ entries: 2, bytes: 100 })
  for (const text of ['a', 'b']) cache.set(sent(text), evidenceOf(text))
  t.equal(cache.get(sent('a'))?.source, 'a')
  cache.set(sent('c'), evidenceOf('c'))
  t.equal(cache.get(sent('b')), undefined)
  t.strictSame([cache.get(sent('a'))?.source, cache.get(sent('c'))?.source], ['a', 'c'])
  t.end()
})

t.test('holds no more text than its bytes', (t) => {
  const cache = createEvidenceCache({ entries: 100, bytes: 10 })
  for (const text of ['aaaa', 'bbbb', 'cccc']) cache.set(sent(text), evidenceOf(text))
  t.equal(cache.get(sent('aaaa')), undefined)
  t.strictSame([cache.get(sent('bbbb'))?.source, cache.get(sent('cccc'))?.source], ['bbbb', 'cccc'])
  cache.set(sent('d'.repeat(11)), evidenceOf('d'))
  t.equal(cache.get(sent('d'.repeat(11))), undefined)
  t.equal(cache.get(sent('bbbb'))?.source, 'bbbb', 'what is too long pushes nothing out')
  t.end()
})

t.test('remembers nothing without room', (t) => {
  for (const limits of [
    { entries: 0, bytes: 100 },
    { entries: 100, bytes: 0 },
  ]) {
    const cache = createEvidenceCache(limits)
    cache.set(sent('a'), evidenceOf('a'))
    t.equal(cache.get(sent('a')), undefined)
  }
  t.end()
})

t.test('counts what is set twice once', (t) => {
  const cache = createEvidenceCache({ entries: 10, bytes: 4 })
  for (let turn = 0; turn < 10; turn += 1) cache.set(sent('aa'), evidenceOf('a'))
  cache.set(sent('bb'), evidenceOf('b'))
  t.strictSame([cache.get(sent('aa'))?.source, cache.get(sent('bb'))?.source], ['a', 'b'])
  t.end()
})

t.test('tells apart what has the same mark, and what is the same text in other lines', (t) => {
  const cache = createEvidenceCache({ entries: 10, bytes: 10_000 })
  const long = 'a'.repeat(1_000)
  // Of a text of this length, every twentieth character is looked at first.
  const twin = `${long.slice(0, 11)}b${long.slice(12)}`
  cache.set(sent(long), evidenceOf('a'))
  t.equal(cache.get(sent(twin)), undefined)
  cache.set(sent(twin), evidenceOf('b'))
  t.equal(cache.get(sent(long)), undefined, 'its place is taken')
  t.equal(cache.get(sent(twin))?.source, 'b')
  for (const other of [[[twin, '']], [[], [twin]], [[twin], ['']], [['', twin]], [[]]]) {
    t.equal(cache.get(other), undefined)
  }
  t.end()
})
