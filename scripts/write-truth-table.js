// @ts-check
// Writes the truth table of the modes into docs/rollout.md, from what a server answers to real clients
// over real handshakes. With `--check` it only says whether the table is still true.
import { createPlainTarget } from '../packages/testkit/dist/index.js'
import {
  observeRollout,
  rolloutClients,
  rolloutModes,
  rolloutRoutes,
} from '../packages/testkit/dist/rollout-outcome.js'
import { renewTable } from './renew-table.js'

/** @typedef {import('../packages/testkit/dist/rollout-outcome.js').RolloutOutcome} RolloutOutcome */

const target = createPlainTarget('http/1.1')
const header = ['Client', 'The route needs', ...rolloutModes.map((mode) => `\`${mode}\``), 'Code']
const rows = []
for (const client of rolloutClients) rows.push(...(await listRows(client)))

await renewTable({
  document: 'rollout.md',
  name: 'truth table',
  rows: [header, ...rows],
  writer: 'write-truth-table.js',
})

/** @param {(typeof rolloutClients)[number]} client */
async function listRows(client) {
  /** @type {(readonly RolloutOutcome[])[]} */
  const columns = []
  for (const mode of rolloutModes) columns.push(await observeRollout(target, client, mode))
  return rolloutRoutes.map(([need], index) => {
    const outcomes = columns.flatMap((column) => column[index] ?? [])
    return [client.name, need].concat(outcomes.map(describe), codeOf(outcomes))
  })
}

/** @param {RolloutOutcome} outcome */
function describe({ status, identity, recorded }) {
  if (status === null) return 'no HTTP'
  if (status !== 200) return String(status)
  const sender = identity === null ? 'without an identity' : 'with its identity'
  const [, denial] = recorded.at(-1)?.split(' ') ?? []
  return denial === undefined ? `200 ${sender}` : `200 ${sender}, recorded as ${denial}`
}

/** @param {readonly RolloutOutcome[]} outcomes */
function codeOf(outcomes) {
  const code = outcomes.find((outcome) => outcome.code !== null)?.code
  return code === undefined ? '' : `[${code}](errors/${code}.md)`
}
