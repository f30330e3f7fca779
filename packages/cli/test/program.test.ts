import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { runCli } from '#cli/run-cli.js'
import t from 'tap'
import { run } from './support/run.js'

const bin = fileURLToPath(new URL('../../bin/peergate.js', import.meta.url))
const start = promisify(execFile)

t.test('says what there is', async (t) => {
  const { code, out, err } = await run(['--help'])
  t.equal(code, 0)
  t.equal(err, '')
  for (const command of ['probe', 'inspect', 'decode', 'policy', 'certs']) t.match(out, command)
  t.match(out, /Exit status:\n  0  what was looked at is as it should be\n/u)
  t.ok(out.split('\n').every((line) => line.length <= 80))
})

t.test('every command says how it is called, and how it ends', async (t) => {
  for (const command of [
    ['probe'],
    ['inspect'],
    ['decode'],
    ['certs'],
    ['policy', 'check'],
    ['policy', 'explain'],
    ['policy', 'inventory'],
  ]) {
    const { code, out } = await run([...command, '--help'])
    t.equal(code, 0)
    t.match(out, `Usage: peergate ${command.join(' ')} `)
    t.match(out, 'Exit status:')
    t.ok(
      out.split('\n').every((line) => line.length <= 80),
      command.join(' '),
    )
  }
})

t.test('says what was probably meant', async (t) => {
  t.match(await run(['prob']), { code: 2, out: '', err: /\(Did you mean probe\?\)/u })
  t.match(await run(['inspect', '--jsn', 'a.pem']), { code: 2, err: /\(Did you mean --json\?\)/u })
  t.match(await run(['nothing']), { code: 2, err: /peergate --help shows what there is/u })
  t.match(await run([]), { code: 2 })
})

t.test('colours its help where there are colours', async (t) => {
  t.match(await run(['--help'], { hasColors: true }), { code: 0 })
})

t.test('runs as a program', async (t) => {
  const { stdout } = await start(process.execPath, [bin, '--help'])
  t.match(stdout, /^Usage: peergate /u)
  const failed = start(process.execPath, [bin, 'inspect', 'nowhere.pem'])
  await t.rejects(failed, { code: 3, stdout: '', stderr: /nowhere\.pem could not be read/u })
})

t.test('loads nothing but its parser for the help', async (t) => {
  const hooks = `export async function load(url, context, next) { console.error(url); return next(url, context) }`
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)})`
  const options = ['--import', `data:text/javascript,${encodeURIComponent(register)}`]
  const { stderr } = await start(process.execPath, [...options, bin, '--help'])
  const loaded = stderr.split('\n').filter((line) => line.startsWith('file:'))
  t.ok(loaded.some((url) => url.includes('commander')))
  t.strictSame(
    loaded.filter((url) => /\/zod\/|\/core\/|\/testkit\/|cli-table3/u.test(url)),
    [],
  )
})

t.test('takes a fault of its own for no finding', async (t) => {
  let err = ''
  const broken = {
    write: () => {
      throw new TypeError('broken')
    },
    writeError: (text: string) => (err += text),
    columns: 80,
    hasColors: false,
    showsProgress: false,
    readInput: async () => '',
  }
  t.equal(await runCli(['inspect', fileURLToPath(import.meta.url)], broken), 3)
  t.match(err, /^peergate: a fault of this program: TypeError: broken\n/u)
})

t.test('shows nothing that could change the terminal', async (t) => {
  const { err } = await run(['decode', '--contract=nginx', '\u001B]0;title\u0007'])
  t.match(err, 'a header must be of the form')
  t.notMatch(err, '\u001B')
})
