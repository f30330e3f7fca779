import t from 'tap'
import { root, runNode } from './markdown.js'

t.test('the table of failures says what each caller is told on this Node', (t) => {
  const { status } = runNode(['--no-warnings', `${root}scripts/write-failure-table.js`, '--check'])
  t.equal(status, 0, 'else renew it by node scripts/write-failure-table.js')
  t.end()
})
