import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { clientKinds } from '@peergate/testkit'
import t from 'tap'
import { readCodeBlocks, root } from './markdown.js'

const page = 'packages/testkit/README.md'
const readme = readFileSync(`${root}${page}`, 'utf8')
const folder = `${root}docs/.build/pasted`
const require = createRequire(import.meta.url)

t.test('the README shows every kind of client', async (t) => {
  const [, shown = ''] = /<!-- client kinds -->\n(.*)<!-- \/client kinds -->/su.exec(readme) ?? []
  const cells = shown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const where = { client: 'by its own TLS library', tls: 'in TLS', identity: 'by 403' }
  t.strictSame(
    cells,
    Object.entries(clientKinds).map(([kind, { label, stoppedAt }]) => [
      `\`${kind}\``,
      label,
      stoppedAt === null ? 'nowhere' : where[stoppedAt],
    ]),
  )
})

/** What each runner is called with, and how the test gets hold of it. */
type Runner = readonly [
  name: string,
  line: string,
  parametersOf: (file: string) => readonly string[],
]

const nodeTest: Runner = ['node:test', "import test from 'node:test'", (file) => ['--test', file]]
const runners: readonly Runner[] = [
  nodeTest,
  [
    'vitest',
    "import { test } from 'vitest'",
    (file) => [
      packageFile('vitest', 'vitest.mjs'),
      'run',
      '--reporter=verbose',
      '--root',
      folder,
      file,
    ],
  ],
  ['tap', "import { test } from 'tap'", (file) => [file]],
]

t.test('the test of the README is as long as it says, and passes in each runner', async (t) => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const code = blockBehind('pasted')
  t.equal(code.split('\n').filter((line) => line !== '').length, 20)
  for (const [name, line, parametersOf] of runners) {
    const own = `${folder}/${name.replace(':', '-')}`
    mkdirSync(own)
    const file = `${own}/service.test.js`
    writeFileSync(`${own}/service.js`, blockBehind('service'))
    writeFileSync(file, [line, ...code.split('\n').slice(1)].join('\n'))
    const { status, output } = run(parametersOf(file))
    t.equal(status, 0, output)
    t.match(output, 'refuses everybody else in TLS', name)
  }
  const [, line, parametersOf] = nodeTest
  const file = `${folder}/node-test/service.test.js`
  writeFileSync(file, [line, ...code.replaceAll('200)', '204)').split('\n').slice(1)].join('\n'))
  const { status, output } = run(parametersOf(file))
  t.not(status, 0, 'fails where the gate does')
  t.match(output, 'an answer 204 was expected, but a client with a certificate of its own')
})

/** The block of code behind a comment of the README. */
function blockBehind(mark: string): string {
  const after = readme.split('\n').indexOf(`<!-- ${mark} -->`)
  const block = readCodeBlocks(page).find(({ place }) => Number(place.split(':')[1]) > after)
  if (after === -1 || block === undefined) throw new Error(`${page} has no ${mark}`)
  return block.code
}

function packageFile(name: string, file: string): string {
  return require.resolve(`${name}/package.json`).replace(/package\.json$/u, file)
}

/** With nothing that this runner tells the processes it starts. */
function run(parameters: readonly string[]): { status: number | null; output: string } {
  const kept = ['HOME', 'PATH'].map((name) => `${name}=${process.env[name] ?? ''}`)
  const command = ['-i', ...kept, 'NO_COLOR=1', process.execPath, ...parameters]
  const { stdout, stderr, status } = spawnSync('env', command, { cwd: folder, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}
