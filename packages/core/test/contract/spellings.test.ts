import { createSpellingTest, foldName } from '#core/contract/spellings.js'
import t from 'tap'

const lookalikes = ['-', '_', '.', '~', ' ', '\n', 'é', 'A', '\u{1F600}', '\uD800']

t.test('knows the spellings that fold into a name, and no others', (t) => {
  const sought = { names: ['x-cert-1', 'own'], prefixes: ['x-cert-in-', 'l5d'] }
  const isSpelling = createSpellingTest(sought)
  const known = [...sought.names, 'x-cert-in-', 'x-cert-in-a', 'l5d', 'l5d-client-id']
  const others = ['', '-', 'x', 'x-cert', 'x-cert-12', 'ax-cert-1', 'x--cert-1', 'owner', 'xl5d']
  for (const name of [...known, ...others]) {
    for (const one of lookalikes) {
      for (const other of lookalikes) {
        const spelt = name.replace('-', one).replace('-', other)
        const folded = foldName(spelt)
        const isSought =
          sought.names.includes(folded) || sought.prefixes.some((begin) => folded.startsWith(begin))
        t.equal(isSpelling(spelt), isSought, JSON.stringify(spelt))
      }
    }
    t.equal(isSpelling(name), known.includes(name), name)
  }
  t.end()
})

t.test('knows none of what is no name', (t) => {
  for (const names of [[], [''], ['X-Cert'], ['x_cert'], ['x(cert']]) {
    const isSpelling = createSpellingTest({ names })
    for (const name of [...names, '', 'x-cert', 'x_cert']) {
      t.equal(isSpelling(name), names.includes(name) && name === '', name)
    }
  }
  t.end()
})
