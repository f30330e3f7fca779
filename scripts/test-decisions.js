// @ts-check
// Compares the decisions of gates, and their explanations, with a plain reading of the rules, each by a
// random policy of its own. `npm run test:decisions -- 1000000 7` tries a million of the seed 7.
import { compareDecisions } from '../packages/core/.build/test/support/compare-decisions.js'

const cases = readCount(process.argv[2], 100_000)
const seed = readCount(process.argv[3], 1)

// Every denial makes an error; nobody reads where.
Error.stackTraceLimit = 0
const { allowed, denied, reasons } = compareDecisions(cases, seed)
console.log(`${cases} policies of the seed ${seed}: ${allowed} allowed, ${denied} denied`)
console.log(Array.from(reasons, ([reason, count]) => `${count} ${reason}`).join(', '))
if (Math.min(allowed, denied) < cases / 5) {
  console.log('one of the two is hardly tried')
  process.exitCode = 1
}

/** @param {string | undefined} text @param {number} otherwise */
function readCount(text, otherwise) {
  if (text === undefined) return otherwise
  if (/^[1-9]\d{0,8}$/u.test(text)) return Number(text)
  throw new Error('usage: npm run test:decisions -- [cases] [seed], each a whole number from 1')
}
