import { readFile } from 'node:fs/promises'
import { mintPki } from '@peergate/testkit'
import type { PkiDeclaration } from '@peergate/testkit'
import t from 'tap'

const directory = new URL('../../../../certs/', import.meta.url)
const read = async (name: string) => readFile(new URL(name, directory), 'utf8')
const declaration: PkiDeclaration = JSON.parse(await read('declaration.json'))

t.test('the development PKI can be minted', async (t) => {
  const pki = await mintPki(declaration)
  for (const role of Object.keys(declaration.authorities)) t.ok(pki.authority(role))
  for (const role of Object.keys(declaration.leaves)) t.ok(pki.leaf(role))
})

t.test('the tables of its page say what the declaration says', async (t) => {
  const rows = [
    ...(await read('README.md')).matchAll(/^\| `(?<role>[^`]+)` +\| (?<purpose>.+?) +\|$/gm),
  ]
  const declared = [
    ...Object.entries(declaration.authorities),
    ...Object.entries(declaration.leaves),
  ]
  t.same(
    rows.map(({ groups }) => [groups?.['role'], groups?.['purpose']]),
    declared.map(([role, { purpose }]) => [role, purpose]),
  )
})
