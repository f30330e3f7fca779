import assert from 'node:assert/strict'
import { PeerGateError } from '@peergate/core'
import t from 'tap'
import { valueOf } from '#core/policy/file/document.js'
import { readJson } from '#core/policy/file/read-json.js'
import { createSeededRandom } from '../../support/seeded-random.js'
import type { SeededRandom } from '../../support/seeded-random.js'

class Fault extends PeerGateError {}

/** What is read; undefined for what is refused at a place of the text, and null for a key twice. */
function read(text: string): unknown {
  try {
    const root = readJson(text, (at, fault) => {
      assert.ok(at >= 0 && at <= text.length, text)
      return new Fault('ERR_PEERGATE_POLICY_FILE_INVALID', fault)
    })
    return { value: valueOf(root) }
  } catch (error) {
    assert.ok(error instanceof Fault, error as Error)
    return error.detail.endsWith(' twice') ? null : undefined
  }
}

function readByNode(text: string): unknown {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function randomValue(random: SeededRandom, level: number): unknown {
  const length = random.below(4)
  const list = (): unknown[] => Array.from({ length }, () => randomValue(random, level + 1))
  if (level < 4 && random.once(3)) return list()
  if (level < 4 && random.once(2)) {
    return Object.fromEntries(
      list().map((value, index) => [`${index}${random.pick(texts)}`, value]),
    )
  }
  return random.pick<unknown>([...texts, 0, -0, 1.5, -1e-7, 1e21, true, false, null])
}

const texts = [
  '',
  'a',
  '"',
  '\\',
  '\n\t\b',
  '\u2028',
  '\u{1f512}',
  '\ud800',
  '{[,:]}',
  '//',
] as const

t.test('reads what JSON.parse reads, and nothing else', async (t) => {
  const random = createSeededRandom(8259)
  const marks = '{}[]",:\\ \n\t0-+.eE1aunx/'.split('')
  const insertions = [...marks, 'true', 'null', '\u00a0', '\ufeff', '\0']
  let [accepted, refused] = [0, 0]
  for (let round = 0; round < 20_000; round += 1) {
    const indent = random.pick(['', ' ', '\t', '\r\n'])
    let text = JSON.stringify(randomValue(random, 0), null, indent.trim() === '' ? indent : '')
    for (let changes = random.below(3); changes > 0; changes -= 1) {
      const at = random.below(text.length + 1)
      const removed = random.below(3)
      const inserted = random.once(2) ? random.pick(insertions as [string]) : ''
      text = text.slice(0, at) + inserted + text.slice(at + removed)
    }
    const expected = readByNode(text)
    const found = read(text)
    if (found !== null && JSON.stringify(found) !== JSON.stringify(expected))
      t.equal(found, expected, text)
    if (expected === undefined) refused += 1
    else accepted += 1
  }
  t.ok(accepted > 5000 && refused > 5000, `${accepted} accepted, ${refused} refused`)
})
