import { namesOf, rememberByNames } from '#core/contract/names-memory.js'
import t from 'tap'

function createCounted(stride: 1 | 2) {
  let found = 0
  const recall = rememberByNames((headers) => {
    found += 1
    return (stride === 2 ? namesOf(headers) : headers).join()
  }, stride)
  return { recall, count: () => found }
}

t.test('finds once for the same names in the same order', (t) => {
  const { recall, count } = createCounted(2)
  for (const value of ['1', '2', '3']) t.equal(recall(['a', value, 'b', value]), 'a,b')
  t.equal(count(), 1)
  t.equal(recall(['b', '1', 'a', '1']), 'b,a')
  t.equal(recall(['a', '1']), 'a')
  t.equal(recall(['a', 'b', 'b', 'c']), 'a,b')
  t.equal(count(), 3)
  t.end()
})

t.test('takes names alone, as the keys of an object', (t) => {
  const { recall, count } = createCounted(1)
  for (const names of [['a', 'b'], ['a', 'b'], ['a'], [], []]) t.equal(recall(names), names.join())
  t.equal(count(), 3)
  t.end()
})

t.test('remembers four lists, and none that is long', (t) => {
  const { recall, count } = createCounted(1)
  for (const name of ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd']) recall([name])
  t.equal(count(), 4)
  recall(['e'])
  recall(['a'])
  t.equal(count(), 6)
  const long = Array.from({ length: 101 }, (_, index) => `x-${index}`)
  recall(long)
  t.equal(recall(long), long.join())
  t.equal(count(), 8)
  t.end()
})
