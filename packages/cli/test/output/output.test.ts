import { PassThrough } from 'node:stream'
import { formatTable } from '#cli/output/table.js'
import { processTerminal, tint } from '#cli/output/terminal.js'
import { toJson } from '#cli/output/to-json.js'
import { visible } from '#cli/output/visible.js'
import { wrapText } from '#cli/output/wrap-text.js'
import t from 'tap'

/** A stream as a process has it, towards a terminal where `columns` says how wide that is. */
function stream(columns?: number) {
  const through = new PassThrough()
  const isTTY = columns !== undefined
  return Object.assign(through, { isTTY, columns, hasColors: () => isTTY })
}

type Process = Parameters<typeof processTerminal>[0]

function terminalOf(own: object) {
  const usual = { stdin: stream(), stdout: stream(), stderr: stream(), env: {} }
  return processTerminal({ ...usual, ...own } as unknown as Process)
}

t.test('has neither colours nor a progress line where nobody looks', async (t) => {
  t.match(terminalOf({}), { columns: 80, hasColors: false, showsProgress: false })
})

t.test('takes the width and the colours of a terminal', async (t) => {
  const terminal = { stdout: stream(120), stderr: stream(120) }
  t.match(terminalOf(terminal), { columns: 120, hasColors: true, showsProgress: true })
  t.match(terminalOf({ stdout: stream(10) }), { columns: 40, showsProgress: false })
  t.match(terminalOf({ ...terminal, env: { NO_COLOR: '1' } }), { hasColors: false })
  t.match(terminalOf({ ...terminal, env: { NO_COLOR: '' } }), { hasColors: true })
})

t.test('writes where the process does', async (t) => {
  const stdout = stream()
  const stderr = stream()
  const { write, writeError } = terminalOf({ stdout, stderr })
  write('answer')
  writeError('fault')
  t.equal(String(stdout.read()), 'answer')
  t.equal(String(stderr.read()), 'fault')
})

t.test('goes on when whoever reads has seen enough, and fails otherwise', async (t) => {
  const stdout = stream()
  terminalOf({ stdout })
  stdout.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }))
  t.throws(() => stdout.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' })), {
    message: 'full',
  })
})

t.test('reads what is piped in, and nothing from a keyboard', async (t) => {
  const stdin = stream()
  stdin.write('A: ')
  stdin.end('b\n')
  t.equal(await terminalOf({ stdin }).readInput(), 'A: b\n')
  t.equal(await terminalOf({ stdin: stream(80) }).readInput(), '')
})

t.test('wraps at spaces, and breaks what has none', async (t) => {
  t.strictSame(wrapText('one two three', 7), ['one two', 'three'])
  t.strictSame(wrapText('a 0123456789 b', 4), ['a', '0123', '4567', '89 b'])
  t.strictSame(wrapText('', 4), [''])
  const red = tint({ hasColors: true }, 'bad', 'red')
  t.strictSame(wrapText(`${red} red`, 7), [`${red} red`])
})

t.test('fits a table into the terminal, without losing a character', async (t) => {
  const hash = 'AB:'.repeat(31) + 'AB'
  const text = formatTable(['name', 'value'], [['SHA-256', hash]], 40)
  t.ok(text.split('\n').every((line) => line.length <= 40))
  t.equal(text.replaceAll(/[^A-F:\d]/gu, '').endsWith(hash), true)
  t.equal(formatTable(null, [['a', 'b', 'c', 'd', 'e', 'f']], 10).length > 10, true)
  t.equal(formatTable(null, [['a'], ['b', 'c']], 80), '  a\n  b  c')
})

t.test('gives wide characters two columns, and cuts none off', async (t) => {
  const name = 'CN=株式会社支払いサービス運用担当者一同'
  const text = formatTable(null, [['subject', name]], 30)
  t.equal(text.replaceAll(/[\s]|subject/gu, ''), name)
  t.notMatch(text, '…')
})

t.test('escapes in JSON what could change the terminal', async (t) => {
  const value = { a: '\u009B\u202E\u{E0001}\n' }
  const json = toJson(value)
  t.equal(json, '{\n  "a": "\\u009b\\u202e\\udb40\\udc01\\n"\n}\n')
  t.strictSame(JSON.parse(json), value)
})

t.test('shows what could change the terminal as code points', async (t) => {
  t.equal(visible('a\u001B[31m\u202Eb\u{E0001}\nc'), 'a\\u001b[31m\\u202eb\\udb40\\udc01\\u000ac')
  t.equal(visible('Zoé ☃'), 'Zoé ☃')
})
