import { createSeriesBound } from '#telemetry/series-bound.js'
import t from 'tap'

t.test('tells labels apart whose texts run together alike', async (t) => {
  const bound = createSeriesBound()
  const first = { requirement: 'a', route: '1:b' }
  const second = { requirement: 'a1:', route: 'b' }
  t.strictSame(bound('metric', first), first)
  t.strictSame(bound('metric', second), second)
  t.strictSame(bound('metric', first), first)
})

t.test('takes labels for the same that are the same when they are cut', async (t) => {
  const bound = createSeriesBound()
  for (let index = 0; index < 2000; index += 1) {
    t.equal(bound('metric', { route: 'x'.repeat(300 + index) })['route'], `${'x'.repeat(256)}…`)
  }
  t.strictSame(bound('metric', { route: 'GET /' }), { route: 'GET /' })
})

t.test('bounds each metric by itself, and keeps what is not made up', async (t) => {
  const bound = createSeriesBound()
  for (let index = 0; index < 1000; index += 1) bound('full', { route: String(index) })
  const labels = {
    gate: 'default',
    route: 'new',
    requirement: 'new',
    trust_set: 'new',
    code: 'new',
    enforced: 'true',
  }
  const other = { route: 'other', requirement: 'other', trust_set: 'other', code: 'other' }
  t.strictSame(bound('full', labels), { ...labels, ...other })
  t.strictSame(bound('full', { route: '999' }), { route: '999' })
  t.strictSame(bound('empty', labels), labels)
})
