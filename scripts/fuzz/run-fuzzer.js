// @ts-check
// Damages what proxies send, and looks whether a contract is misled, fails otherwise than by a refusal,
// or takes long. A counterexample is printed whole.
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { createSeededRandom } from '../../packages/core/.build/test/support/seeded-random.js'
import * as core from '../../packages/core/dist/index.js'
import { PeerGateError } from '../../packages/core/dist/index.js'
import { Counterexample } from './check.js'
import { checkCase, createCase } from './cases.js'
import { mintClients } from './clients.js'
import { contractSamples } from './contract-samples.js'
import { measureGrowth, mostGrowth } from './growth.js'

/**
 * @typedef {import('../../packages/core/dist/index.js').ProxyContract} ProxyContract
 * @typedef {import('./contract-samples.js').Sample} Sample
 *
 * @typedef {object} Subject a contract with one choice of options
 * @property {string} factory
 * @property {ProxyContract} contract
 * @property {Sample} sample
 */

const [cases = 0, seed = 0] = process.argv.slice(2).map(Number)
const mostFaults = 10

const begun = Date.now()
const clients = await mintClients()
const subjects = Object.entries(contractSamples).flatMap(createSubjects)
/** @type {string[]} */
const faults = [...compareWithExports(), ...fuzz(), ...measureAll()]
for (const fault of faults) console.log(fault)
console.log(
  `${cases} cases of the seed ${seed}, ${subjects.length} samples of ${Object.keys(contractSamples).length} ` +
    `contracts, ${Math.round((Date.now() - begun) / 1000)} s: ${faults.length} faults`,
)
process.exitCode = faults.length === 0 ? 0 : 1

/** Contracts are what index.ts exports from the folder of that name. */
function compareWithExports() {
  const index = readFileSync(new URL('../../packages/core/src/index.ts', import.meta.url), 'utf8')
  const exported = [...index.matchAll(/^export \{([^}]*)\} from '\.\/contract\//gmu)].flatMap(
    ([, names = '']) => names.match(/\w+/gu) ?? [],
  )
  const known = Object.keys(contractSamples)
  return [
    ...exported
      .filter((name) => !known.includes(name))
      .map((name) => `${name} has no entry in scripts/fuzz/contract-samples.js`),
    ...known.filter((name) => !exported.includes(name)).map((name) => `core exports no ${name}`),
  ]
}

/**
 * @param {readonly [factory: string, samples: readonly Sample[]]} entry
 * @returns {readonly Subject[]}
 */
function createSubjects([factory, samples]) {
  const create = /** @type {Record<string, any>} */ (core)[factory]
  if (create === undefined) return []
  return samples.map((sample) => ({ factory, sample, contract: create(sample.options) }))
}

/** Deals the cases out to all contracts. Returns the faults. */
function fuzz() {
  const random = createSeededRandom(seed)
  /** @type {Record<string, ReturnType<typeof createTally>>} */
  const tallies = {}
  const found = []
  for (let at = 0; at < cases; at += 1) {
    const { factory, contract, sample } = /** @type {Subject} */ (subjects[at % subjects.length])
    const made = createCase(sample, clients, random)
    const tally = (tallies[factory] ??= createTally())
    try {
      count(tally, made.kind, checkCase(contract, sample, made))
    } catch (error) {
      found.push(`${factory}: ${describe(error, made, sample)}`)
    }
    if (found.length === mostFaults) return found
  }
  console.table(
    Object.fromEntries(Object.entries(tallies).map(([name, tally]) => [name, show(tally)])),
  )
  return [...found, ...Object.entries(tallies).flatMap(faultsOfTally)]
}

/**
 * @param {unknown} error
 * @param {import('./cases.js').Case} made
 * @param {Sample} sample
 */
function describe(error, { kind, lines }, { options }) {
  const reason =
    error instanceof Counterexample && error.cause === undefined ? error.message : error
  return inspect({ reason, kind, options, lines }, { maxStringLength: null, depth: 3 })
}

function createTally() {
  return { whole: 0, damaged: 0, yielded: 0, refused: 0, details: new Set() }
}

/**
 * @param {ReturnType<typeof createTally>} tally
 * @param {import('./cases.js').Kind} kind
 * @param {import('../../packages/core/dist/index.js').Forwarded | PeerGateError} outcome
 */
function count(tally, kind, outcome) {
  if (kind === 'whole') tally.whole += 1
  else tally.damaged += 1
  if (outcome instanceof PeerGateError) {
    tally.refused += 1
    tally.details.add(outcome.detail)
  } else if (kind !== 'whole') tally.yielded += 1
}

/** @param {ReturnType<typeof createTally>} tally */
function show({ whole, damaged, yielded, refused, details }) {
  return { whole, damaged, 'of which yielded': yielded, refused, 'in so many words': details.size }
}

/**
 * A contract that refuses all damage was not tried, and one with ever new words repeats what it was sent.
 *
 * @param {readonly [factory: string, tally: ReturnType<typeof createTally>]} entry
 */
function faultsOfTally([factory, { whole, yielded, details }]) {
  if (cases < 10_000) return []
  return [
    ...(whole > 0 && yielded > 0 ? [] : [`${factory} yielded nothing`]),
    ...(details.size <= 50 ? [] : [`${factory} refuses in ${details.size} different words`]),
  ]
}

/** How the time of each contract grows, by one sample for each choice of headers. Returns the faults. */
function measureAll() {
  const random = createSeededRandom(seed)
  const [client] = clients
  if (client === undefined) return ['there are no clients']
  const distinct = new Map(
    subjects.map((subject) => [
      [subject.factory, ...subject.contract.headers.map(({ name }) => name)].join(' '),
      subject,
    ]),
  )
  const rows = [...distinct.values()].map(({ factory, contract, sample }) => {
    console.error(`measuring ${factory}`)
    const { steepest, slowest } = measureGrowth(contract, sample.linesOf(client, random))
    return { factory, steepest, slowest }
  })
  console.table(
    rows.map(({ factory, steepest, slowest }) => ({
      factory,
      'the whole, by its 16 parts': steepest.ratio.toFixed(1),
      'ms at most': slowest.milliseconds.toFixed(2),
    })),
  )
  return rows
    .filter(({ steepest }) => steepest.ratio >= mostGrowth)
    .map(({ factory, steepest: { ratio, text, header } }) => {
      const growth = `takes ${ratio.toFixed(1)} times as long as for its sixteenth parts`
      return `${factory} ${growth} for ${text} in ${header}`
    })
}
