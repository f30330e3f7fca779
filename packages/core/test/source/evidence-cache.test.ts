import { createEvidenceCache } from '#core/source/evidence-cache.js'
import t from 'tap'
import type { PeerEvidence } from '@peergate/core'
import { certificateFacts } from '../support/certificate-facts.js'

function evidenceOf(source: string): PeerEvidence {
  const certificate = certificateFacts()
  return { source, assurance: 'proxy-verified', certificate, trustSet: null }
}

t.test('forgets what was not asked for the longest, above its entries', (t) => {
  const cache = createEvidenceCache({ entries: 2, bytes: 100 })
  for (const text of ['a', 'b']) cache.set(text, evidenceOf(text))
  t.equal(cache.get('a')?.source, 'a')
  cache.set('c', evidenceOf('c'))
  t.equal(cache.get('b'), undefined)
  t.strictSame([cache.get('a')?.source, cache.get('c')?.source], ['a', 'c'])
  t.end()
})

t.test('holds no more text than its bytes', (t) => {
  const cache = createEvidenceCache({ entries: 100, bytes: 10 })
  for (const text of ['aaaa', 'bbbb', 'cccc']) cache.set(text, evidenceOf(text))
  t.equal(cache.get('aaaa'), undefined)
  t.strictSame([cache.get('bbbb')?.source, cache.get('cccc')?.source], ['bbbb', 'cccc'])
  cache.set('d'.repeat(11), evidenceOf('d'))
  t.equal(cache.get('d'.repeat(11)), undefined)
  t.equal(cache.get('bbbb')?.source, 'bbbb', 'what is too long pushes nothing out')
  t.end()
})

t.test('remembers nothing without room', (t) => {
  for (const limits of [
    { entries: 0, bytes: 100 },
    { entries: 100, bytes: 0 },
  ]) {
    const cache = createEvidenceCache(limits)
    cache.set('a', evidenceOf('a'))
    t.equal(cache.get('a'), undefined)
  }
  t.end()
})

t.test('counts what is set twice once', (t) => {
  const cache = createEvidenceCache({ entries: 10, bytes: 4 })
  for (let turn = 0; turn < 10; turn += 1) cache.set('aa', evidenceOf('a'))
  cache.set('bb', evidenceOf('b'))
  t.strictSame([cache.get('aa')?.source, cache.get('bb')?.source], ['a', 'b'])
  t.end()
})
