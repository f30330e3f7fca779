import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { listMarkdown, readCodeBlocks, root, runNode } from './markdown.js'

const main = `${root}examples/payments/dist/main.js`

t.test('the README shows what npm start prints', async (t) => {
  const { stdout, status } = runNode([main])
  t.equal(status, 0)
  const shown = readCodeBlocks('README.md').find(({ language }) => language === 'console')
  t.ok(shown?.code.endsWith(stdout.trimEnd()), stdout)
})

t.test('npm start -- --json prints one JSON array of rows and nothing else', async (t) => {
  const { stdout, status } = runNode([main, '--json'])
  t.equal(status, 0)
  const rows = JSON.parse(stdout) as readonly object[]
  t.equal(rows.length, 26)
  const fields = ['framework', 'client', 'layer', 'status', 'code', 'clientSaw']
  for (const row of rows) t.strictSame(Object.keys(row), fields)
})

t.test('the README of the payments API shows the inventory of the running servers', async (t) => {
  const { stdout, status } = runNode([`${root}examples/payments/dist/inventory.js`])
  t.equal(status, 0, 'it is the same on both frameworks')
  const readme = readFileSync(`${root}examples/payments/README.md`, 'utf8')
  const [, shown] = /<!-- inventory -->\n(.*)\n<!-- \/inventory -->/su.exec(readme) ?? []
  t.equal(shown, stdout.trimEnd())
  t.ok(stdout.split('\n').length > 4)
})

t.test('every link of the documentation to a file of the repository leads somewhere', async (t) => {
  for (const file of listMarkdown()) {
    const prose = readFileSync(`${root}${file}`, 'utf8').replaceAll(/^```.*?^```/gmsu, '')
    for (const [, target = ''] of prose.matchAll(/\]\(([^)#\s]+)/gu)) {
      if (/^[a-z]+:/u.test(target)) continue
      t.ok(existsSync(join(root, dirname(file), target)), `${file} → ${target}`)
    }
  }
})
