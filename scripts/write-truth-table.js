// @ts-check
// Writes the truth table of the modes into docs/rollout.md, from what a server answers to real clients
// over real handshakes. With `--check` it only says whether the table is still true.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { createPlainTarget } from '../packages/testkit/dist/index.js'
import {
  observeRollout,
  rolloutClients,
  rolloutModes,
  rolloutRoutes,
} from '../packages/testkit/dist/rollout-outcome.js'

/** @typedef {import('../packages/testkit/dist/rollout-outcome.js').RolloutOutcome} RolloutOutcome */

const path = fileURLToPath(new URL('../docs/rollout.md', import.meta.url))
const target = createPlainTarget('http/1.1')
const header = ['Client', 'The route needs', ...rolloutModes.map((mode) => `\`${mode}\``), 'Code']
const rows = []
for (const client of rolloutClients) rows.push(...(await listRows(client)))

const marks = /(<!-- truth table -->\n).*(<!-- \/truth table -->)/su
const written = readFileSync(path, 'utf8')
const table = [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`)
const options = { ...(await resolveConfig(path)), filepath: path }
const renewed = await format(written.replace(marks, `$1\n${table.join('')}\n$2`), options)

if (!process.argv.includes('--check')) writeFileSync(path, renewed)
else if (renewed !== written) {
  console.error(`${path} is not true any more; renew it by node scripts/write-truth-table.js`)
  process.exitCode = 1
}

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
