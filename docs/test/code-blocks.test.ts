import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { listMarkdown, readCodeBlocks, root, runNode } from './markdown.js'

const folder = `${root}docs/.build/blocks`
const blocks = listMarkdown()
  .flatMap(readCodeBlocks)
  .filter(({ language }) => language === 'ts')

t.test('every TypeScript block of the documentation compiles against the packages', async (t) => {
  const gate = blocks.find(({ code }) => code.startsWith('// gate.ts\n'))
  t.match(gate?.place, /^README\.md:/u, 'the README defines the gate that other blocks import')

  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/gate.ts`, gate?.code ?? '')
  for (const { place, code } of blocks) {
    const name = place.replaceAll(/[^\w]+/gu, '-')
    // Each block is a module of its own, so that names in two blocks do not meet.
    writeFileSync(`${folder}/${name}.ts`, `${code}\nexport {}\n`)
  }
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(tsconfig()))
  const tsc = `${root}node_modules/typescript/bin/tsc`
  const { stdout, status } = runNode([tsc, '-p', folder])
  t.equal(stdout, '')
  t.equal(status, 0)
  t.ok(blocks.length > 30, `${blocks.length} blocks`)
})

function tsconfig(): object {
  return {
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      noEmit: true,
      composite: false,
      declaration: false,
      declarationMap: false,
      isolatedDeclarations: false,
      // A block shows one thing and leaves the rest to its reader.
      noUnusedLocals: false,
      noUnusedParameters: false,
      skipLibCheck: true,
    },
    include: ['*.ts'],
  }
}
