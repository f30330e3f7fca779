import t from 'tap'
import { root, runNode } from './markdown.js'

t.test('the truth table of the modes says what a server answers', (t) => {
  const { status } = runNode(['--no-warnings', `${root}scripts/write-truth-table.js`, '--check'])
  t.equal(status, 0, 'else renew it by node scripts/write-truth-table.js')
  t.end()
})
