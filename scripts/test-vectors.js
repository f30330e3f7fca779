// @ts-check
// Judges values of real proxies, and of their tests and documents, by the contracts that read them.
// `npm run test:vectors -- PATH` takes any file of such vectors. scripts/vector-contracts.json says
// which contract judges which label, and lists the disagreements that have a reason.
import { readFileSync } from 'node:fs'
import { judgeVector } from './vectors/judge-vector.js'

/** @typedef {import('./vectors/judge-vector.js').Judgement} Judgement */

const verdicts = new Set(['accept', 'reject', 'absent', 'unverified', 'either', 'out-of-scope'])

const [path = 'packages/core/test/contract/forwarded-headers.json'] = process.argv.slice(2)
const context = await loadContext()
const judged = readVectors(path).map((vector) => ({
  vector,
  judgement: judgeVector(vector, context),
}))

console.table(countByLabel())
for (const { vector, judgement } of judged) {
  if (judgement.result !== 'disagreed') continue
  console.log(`${vector.id} (${vector.contract}): should be ${vector.verdict}; ${judgement.detail}`)
}
const total = count(judged.map(({ judgement }) => judgement))
const mocks = judged.filter(({ judgement }) => judgement.isMock === true).length
console.log(
  `${total.agreed} agreed, of which ${mocks} as to syntax alone, since the certificate is made up; ` +
    `${total.disagreed} disagreed; ${total.listed} listed with a reason`,
)
process.exitCode = total.disagreed === 0 && judged.length > 0 ? 0 : 1

/** @returns {Promise<import('./vectors/judge-vector.js').Context>} */
async function loadContext() {
  const [core, text, json] = await Promise.all(
    ['index.js', 'contract/xfcc/parse-xfcc.js', 'contract/xfcc/parse-xfcc-json.js'].map(
      (module) => import(`../packages/core/dist/${module}`),
    ),
  )
  const mapping = JSON.parse(
    readFileSync(new URL('vector-contracts.json', import.meta.url), 'utf8'),
  )
  const grammars = { text: text.parseXfcc, json: json.parseXfccJson }
  return { mapping, factories: core, grammars }
}

/**
 * @param {string} file
 * @returns {readonly import('./vectors/read-vector.js').Vector[]}
 */
function readVectors(file) {
  const vectors = JSON.parse(readFileSync(file, 'utf8'))
  for (const { id, contract, header, value, verdict } of vectors) {
    const isWhole = [id, contract, header, value].every((text) => typeof text === 'string')
    if (!isWhole || !verdicts.has(verdict)) {
      throw new Error(`${file}: ${id} must have a label, header, value and verdict`)
    }
  }
  return vectors
}

/** @returns {Record<string, ReturnType<typeof count>>} */
function countByLabel() {
  const labels = [...new Set(judged.map(({ vector }) => vector.contract))].toSorted()
  const own = (/** @type {string} */ label) =>
    judged.filter(({ vector }) => vector.contract === label).map(({ judgement }) => judgement)
  return Object.fromEntries(labels.map((label) => [label, count(own(label))]))
}

/** @param {readonly Judgement[]} judgements */
function count(judgements) {
  const counts = { agreed: 0, disagreed: 0, listed: 0 }
  for (const { result } of judgements) counts[result] += 1
  return counts
}
