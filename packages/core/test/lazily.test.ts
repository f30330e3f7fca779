import t from 'tap'
import { lazily } from '#core/lazily.js'

t.test('creates nothing before it is asked, and once', (t) => {
  let count = 0
  const value = lazily(() => ({ count: (count += 1) }))
  t.equal(count, 0)
  t.equal(value(), value())
  t.equal(count, 1)
  t.end()
})

t.test('creates undefined once, too', (t) => {
  let count = 0
  const value = lazily(() => void (count += 1))
  t.equal(value(), undefined)
  t.equal(value(), undefined)
  t.equal(count, 1)
  t.end()
})

t.test('asks again after a fault', (t) => {
  let isBroken = true
  const value = lazily(() => {
    if (isBroken) throw new Error('broken')
    return 'whole'
  })
  t.throws(value, { message: 'broken' })
  isBroken = false
  t.equal(value(), 'whole')
  t.end()
})
