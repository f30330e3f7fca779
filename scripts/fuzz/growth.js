// @ts-check
// How the time of a contract grows with what it is given.
import { cpuUsage } from 'node:process'
import { describeSlowText, slowTexts, writeSlowText } from './slow-texts.js'

/**
 * @typedef {import('../../packages/core/dist/index.js').ProxyContract} ProxyContract
 * @typedef {import('./contract-samples.js').Lines} Lines
 *
 * @typedef {object} Growth
 * @property {string} text the pieces that the worst text consists of
 * @property {string} header
 * @property {number} ratio how many times as long a text took as sixteen parts of it
 * @property {number} milliseconds for a text twice as long as a header may be
 */

/** One, where time grows with the text; sixteen, where it grows with the square. */
export const mostGrowth = 5

/** Twice as long as a header may be. */
const longest = 65_536

/**
 * The slowest and the steepest growth of a contract. Each header is tried in turn, among `lines` as the
 * proxy sends them.
 *
 * @param {ProxyContract} contract
 * @param {Lines} lines
 * @returns {{ slowest: Growth, steepest: Growth }}
 */
export function measureGrowth(contract, lines) {
  const sent = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]))
  /** @type {Growth[]} */
  const all = []
  for (const { name: header } of contract.headers) {
    for (const slowText of slowTexts) {
      const growth = compare((length) => {
        const value = writeSlowText(slowText, length)
        return () => readOnce(contract, { ...sent, [header]: value })
      })
      all.push({ ...growth, header, text: describeSlowText(slowText) })
      // One is enough, and others would take as long.
      if (growth.ratio >= mostGrowth) return greatestOf(all)
    }
  }
  return greatestOf(all)
}

/** @param {readonly Growth[]} all */
function greatestOf(all) {
  const by = (/** @type {'milliseconds' | 'ratio'} */ key) =>
    all.reduce((most, one) => (one[key] > most[key] ? one : most))
  return { slowest: by('milliseconds'), steepest: by('ratio') }
}

/**
 * Compares sixteen readings of a text with one reading of a text sixteen times as long, which are the
 * same work unless time grows faster than the text. By turns, and with more patience where they differ.
 *
 * @param {(length: number) => () => void} read
 */
function compare(read) {
  const [short, long] = [read(longest / 16), read(longest)]
  const runs = [() => repeat(short, 16), long]
  let ratio = Infinity
  let milliseconds = Infinity
  for (const times of [3, 9, 27]) {
    const [parts = 0, whole = 0] = median(runs, times)
    // What takes less than the clock and the collector of garbage does not grow.
    ratio = Math.min(ratio, whole / Math.max(parts, 0.25))
    milliseconds = Math.min(milliseconds, whole)
    if (ratio < mostGrowth || whole > hopeless) break
  }
  return { ratio, milliseconds }
}

/** Milliseconds that no patience is needed to tell. */
const hopeless = 500

/** @param {() => void} run @param {number} times */
function repeat(run, times) {
  for (let at = 0; at < times; at += 1) run()
}

/**
 * The median of the milliseconds of each, which are run by turns.
 *
 * @param {readonly (() => void)[]} runs
 * @param {number} times
 */
function median(runs, times) {
  const rounds = Array.from({ length: times }, () => runs.map(measure))
  return runs.map((_, at) => {
    const sorted = rounds.map((round) => round[at] ?? 0).toSorted((a, b) => a - b)
    return sorted[Math.floor(times / 2)] ?? 0
  })
}

/** Of this process alone: the machine has other things to do. @param {() => void} run */
function measure(run) {
  const begun = cpuUsage()
  run()
  const { user, system } = cpuUsage(begun)
  return (user + system) / 1000
}

/**
 * Without the bound of a header’s length, which would hide how time grows.
 *
 * @param {ProxyContract} contract
 * @param {Readonly<Record<string, string>>} headers
 */
function readOnce(contract, headers) {
  try {
    contract.read({
      value: (name) => headers[name] ?? null,
      lines: (name) => (headers[name] === undefined ? [] : [headers[name]]),
    })
  } catch {
    // What may be thrown is the matter of the cases.
  }
}
