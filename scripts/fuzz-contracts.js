// @ts-check
// Fuzzes the contracts of proxies, and measures how their time grows. `npm run fuzz:contracts -- 1000000 7`
// tries a million cases of the seed 7; the certificates are fresh in each run. What takes for ever, such
// as a backtracking expression, is stopped and is a failure.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const longestRun = 300_000

const cases = readCount(process.argv[2], 100_000)
const seed = readCount(process.argv[3], 1)
const fuzzer = fileURLToPath(new URL('fuzz/run-fuzzer.js', import.meta.url))
const { status } = spawnSync(process.execPath, [fuzzer, `${cases}`, `${seed}`], {
  stdio: 'inherit',
  timeout: longestRun,
})
if (status === null) console.log(`stopped: not done within ${longestRun / 1000} s`)
process.exitCode = status ?? 1

/** @param {string | undefined} text @param {number} otherwise */
function readCount(text, otherwise) {
  if (text === undefined) return otherwise
  if (/^[1-9]\d{0,8}$/u.test(text)) return Number(text)
  throw new Error('usage: npm run fuzz:contracts -- [cases] [seed], each a whole number from 1')
}
