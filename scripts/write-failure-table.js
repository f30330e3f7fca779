// @ts-check
// Writes into docs/calling.md what each caller is told of each cause, from real handshakes. With `--check`
// it only says whether the table is still true, on whichever Node runs it.
import {
  observeFailures,
  tlsVersions,
} from '../packages/client/.build/test/support/observe-failures.js'
import { renewTable } from './renew-table.js'

/** @typedef {import('../packages/client/.build/test/support/observe-failures.js').ObservedFailure} ObservedFailure */

/** @type {(readonly ObservedFailure[])[]} */
const columns = []
for (const version of tlsVersions) columns.push(await observeFailures(version))
const [first = []] = columns
const header = ['What is wrong', 'When it is made', 'Called over TLS 1.2', 'Called over TLS 1.3']
const rows = first.map(({ cause, creation }, index) =>
  [cause, creation === null ? 'is taken' : link(creation)].concat(
    columns.flatMap((column) => column[index] ?? []).map(describe),
  ),
)

await renewTable({
  document: 'calling.md',
  name: 'failure table',
  rows: [header, ...rows],
  writer: 'write-failure-table.js',
})

/**
 * One code where all callers are told the same, and else who is told which.
 *
 * @param {ObservedFailure} failure
 */
function describe({ calls }) {
  const told = Object.entries(calls ?? {}).map(([caller, error]) => ({
    caller,
    code: codeOf(error),
  }))
  const codes = [...new Set(told.map(({ code }) => code))]
  return codes.length < 2
    ? codes.join('')
    : told.map(({ caller, code }) => `${caller}: ${code}`).join(', ')
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? link(String(error.code)) : 'answered'
}

/** @param {string} code */
function link(code) {
  return `[${code}](errors/${code}.md)`
}
