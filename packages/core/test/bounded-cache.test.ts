import { createBoundedCache } from '#core/bounded-cache.js'
import t from 'tap'

t.test('forgets what nobody has asked for, above its entries and its bytes', (t) => {
  const cache = createBoundedCache<string, number>({ entries: 2, bytes: 10 })
  cache.set('a', 1, 1)
  cache.set('b', 2, 1)
  t.equal(cache.get('a'), 1)
  cache.set('c', 3, 1)
  t.strictSame([cache.get('a'), cache.get('b'), cache.get('c')], [1, undefined, 3])
  cache.set('d', 4, 10)
  t.strictSame([cache.get('a'), cache.get('c'), cache.get('d')], [undefined, undefined, 4])
  cache.set('e', 5, 11)
  t.strictSame([cache.get('d'), cache.get('e')], [4, undefined], 'what is too large is not kept')
  t.end()
})

t.test('counts what is set again once', (t) => {
  const cache = createBoundedCache<string, number>({ entries: 10, bytes: 4 })
  for (let turn = 0; turn < 10; turn += 1) cache.set('a', turn, 2)
  cache.set('b', 1, 2)
  t.strictSame([cache.get('a'), cache.get('b')], [9, 1])
  t.end()
})

t.test('forgets the oldest where all were asked for', (t) => {
  const cache = createBoundedCache<string, number>({ entries: 2, bytes: 10 })
  cache.set('a', 1, 1)
  cache.set('b', 2, 1)
  for (const key of ['b', 'a']) cache.get(key)
  cache.set('c', 3, 1)
  t.strictSame([cache.get('a'), cache.get('b'), cache.get('c')], [undefined, 2, 3])
  t.end()
})

t.test('keeps nothing where it may have no entry', (t) => {
  const cache = createBoundedCache<string, number>({ entries: 0, bytes: 10 })
  cache.set('a', 1, 1)
  t.equal(cache.get('a'), undefined)
  t.end()
})
