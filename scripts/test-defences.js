// @ts-check
// Takes out one defence after another, each in a copy of the compiled code, and requires that the test
// of its finding fails by an assertion. `npm run test:defences -- F3` does so for the findings named.
import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findingTests } from './defences/index.js'

/** @typedef {import('./defences/index.js').Defence} Defence */
/** @typedef {import('./defences/index.js').FindingTest} FindingTest */

/**
 * `passed` is null for what this Node does not need.
 *
 * @typedef {{ readonly passed: boolean | null, readonly line: string }} Result
 */

const core = 'packages/core'
const longestRun = 30_000
const longestDetail = 160
const line = Number(process.versions.node.split('.')[0])
const folder = mkdtempSync(join(tmpdir(), 'peergate-defences-'))

try {
  const named = process.argv.slice(2)
  const tests = findingTests.filter(({ finding }) => named.length === 0 || named.includes(finding))
  const runs = tests.flatMap((test) =>
    [null, ...test.defences].map((defence) => ({ test, defence })),
  )
  const results = await performAll(runs)
  const count = (/** @type {boolean} */ as) => results.filter(({ passed }) => passed === as).length
  console.log(`${count(true)} passed, ${count(false)} failed`)
  process.exitCode = count(true) > 0 && count(false) === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/**
 * Performs the runs, each alone in its copy, and prints what came of them in their order.
 *
 * @param {readonly { readonly test: FindingTest, readonly defence: Defence | null }[]} runs
 */
async function performAll(runs) {
  /** @type {Result[]} */
  const results = []
  const waiting = runs.entries()
  let printed = 0
  async function work(/** @type {string} */ copy) {
    for (const [index, { test, defence }] of waiting) {
      results[index] =
        defence === null ? await checkIntact(copy, test) : await checkWithout(copy, test, defence)
      for (; results[printed] !== undefined; printed += 1) console.log(results[printed]?.line)
    }
  }
  const workers = Math.min(availableParallelism(), 4)
  await Promise.all(Array.from({ length: workers }, (_, index) => work(createCopy(String(index)))))
  return results
}

/**
 * The compiled package with its compiled tests, in a folder of its own, where it finds the packages
 * that it needs.
 *
 * @param {string} name
 */
function createCopy(name) {
  const root = join(folder, name)
  const copy = join(root, core)
  mkdirSync(copy, { recursive: true })
  for (const part of ['package.json', 'dist', '.build/test']) {
    cpSync(join(core, part), join(copy, part), { recursive: true })
  }
  for (const modules of ['node_modules', `${core}/node_modules`]) {
    symlinkSync(resolve(modules), join(root, modules), 'junction')
  }
  return copy
}

/**
 * Requires that a test passes as long as nothing is taken out.
 *
 * @param {string} copy
 * @param {FindingTest} test
 * @returns {Promise<Result>}
 */
async function checkIntact(copy, test) {
  const { outcome, detail } = await runTest(copy, test)
  return report(outcome === 'passed', test, `with every defence: ${outcome}${detail}`)
}

/**
 * Requires that a test fails by an assertion without a defence.
 *
 * @param {string} copy
 * @param {FindingTest} test
 * @param {Defence} defence
 * @returns {Promise<Result>}
 */
async function checkWithout(copy, test, { without, file, find, replace, nodes }) {
  const title = `without ${without}`
  if (nodes?.includes(line) === false) {
    return report(null, test, `${title}: Node ${line} does not need it`)
  }
  const path = join(copy, 'dist', `${file}.js`)
  const text = readFileSync(path, 'utf8')
  const parts = text.split(find)
  if (parts.length !== 2) {
    const fault = `${JSON.stringify(find)} is ${parts.length - 1} times in ${file}, not once`
    return report(false, test, `${title}: ${fault}`)
  }
  try {
    writeFileSync(path, parts.join(replace))
    const { outcome, detail } = await runTest(copy, test)
    return report(outcome === 'failed', test, `${title}: ${outcome}${detail}`)
  } finally {
    writeFileSync(path, text)
  }
}

/**
 * @param {boolean | null} passed
 * @param {FindingTest} test
 * @param {string} text
 * @returns {Result}
 */
function report(passed, { finding }, text) {
  const verdict = passed === null ? 'skip' : passed ? 'ok' : 'FAILED'
  return { passed, line: `${verdict.padEnd(7)}${finding.padEnd(4)}${text}` }
}

/**
 * Runs one test, and nothing else of its file. Only an assertion that does not hold makes it fail:
 * whoever breaks the code by what they take out has not shown that a test misses it.
 *
 * @param {string} copy
 * @param {FindingTest} test
 * @returns {Promise<{ outcome: 'passed' | 'failed' | 'broken', detail: string }>}
 */
async function runTest(copy, { file, name }) {
  const path = join(copy, '.build/test/tls', `${file}.test.js`)
  const { output, signal } = await runNode(path, {
    TAP_GREP: `/^${name.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`)}$/`,
    TAP_FILTER_QUIETLY: '1',
  })
  if (signal !== null) return { outcome: 'broken', detail: `, it did not end: ${signal}` }
  const verdict = output.split('\n').find((each) => each.includes(` - ${name} # time=`))
  if (verdict === undefined) return { outcome: 'broken', detail: `, it did not run\n${output}` }
  if (verdict.startsWith('ok ')) return { outcome: 'passed', detail: '' }
  return describeFailure(output)
}

/**
 * @param {string} path
 * @param {Readonly<Record<string, string>>} env
 * @returns {Promise<{ output: string, signal: string | null }>}
 */
async function runNode(path, env) {
  const child = spawn(process.execPath, [path], {
    cwd: resolve(path, '..'),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestRun,
    // A loop hears nothing else.
    killSignal: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text))
  }
  return await new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (_code, signal) => done({ output, signal }))
  })
}

/**
 * What failed first, as its subtest, its assertion, and what differed.
 *
 * @param {string} output TAP
 * @returns {{ outcome: 'failed' | 'broken', detail: string }}
 */
function describeFailure(output) {
  const found = /^( *)not ok \d+ - (.*)\n\1 {2}---\n([\s\S]*?)\n\1 {2}\.\.\.$/mu.exec(output)
  if (found === null) return { outcome: 'broken', detail: `, nothing says why\n${output}` }
  const [whole, , assertion = '', diagnosis = ''] = found
  const before = output.slice(0, found.index).trimEnd().split('\n')
  const subtest = before.findLast((each) => each.includes('# Subtest: '))?.split(': ')[1] ?? ''
  if (/^ *(?:tapCaught|expired|signal):/mu.test(diagnosis) || assertion === 'test unfinished') {
    return { outcome: 'broken', detail: `, no assertion failed\n${whole}` }
  }
  const differences = diagnosis
    .split('\n')
    .flatMap((each) => /^ *([-+](?![-+]).*)$/u.exec(each)?.[1] ?? [])
  const what = [assertion, ...differences].join(' ').slice(0, longestDetail)
  return { outcome: 'failed', detail: `, “${subtest}”: ${what}` }
}
