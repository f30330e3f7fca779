import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run, runJson } from './support/run.js'

const purpose = 'Is there for one test.'
const folder = t.testdir({})
const declaration = join(folder, 'declaration.json')
writeFileSync(
  declaration,
  JSON.stringify({
    authorities: { ca: { purpose, subject: 'CN=CA' } },
    leaves: { worker: { purpose, issuer: 'ca', subject: 'CN=worker', usage: 'client' } },
  }),
)

t.test('mints what is declared, and keeps it', async (t) => {
  const out = join(folder, 'out')
  const first = await run(['certs', declaration, '--out', out])
  t.match(first, { code: 0, out: /out: minted, because minted\.json is missing\n$/u })
  for (const name of ['ca.pem', 'worker.pem', 'worker-key.pem']) t.ok(existsSync(join(out, name)))
  t.notOk(existsSync(join(out, 'ca-key.pem')))
  const second = await run(['certs', declaration, '--out', out])
  t.match(second, { code: 0, out: /out: kept, since everything is as it was minted\n$/u })
  t.match(await runJson(['certs', declaration, '--out', out]), {
    code: 0,
    report: { reason: null },
  })
})

t.test('could not run without a declaration', async (t) => {
  const broken = join(folder, 'broken.json')
  writeFileSync(broken, '{')
  const wrong = join(folder, 'wrong.json')
  writeFileSync(wrong, '{"authorities":{},"leafs":{}}')
  for (const [file, fault] of [
    ['nowhere.json', /nowhere\.json could not be read \(ENOENT\)/u],
    [broken, /broken\.json is not JSON/u],
    [wrong, /did you mean "leaves"\?/u],
  ] as const) {
    t.match(await run(['certs', file, '--out', folder]), { code: 3, err: fault })
  }
  t.match(await run(['certs', declaration, '--out', declaration]), {
    code: 3,
    err: /^peergate: E/u,
  })
  t.match(await run(['certs', declaration]), { code: 2, err: /required option '--out/u })
})
