// @ts-check
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { writePki } from '../packages/testkit/dist/index.js'

const directory = fileURLToPath(new URL('../certs/', import.meta.url))
const declaration = JSON.parse(await readFile(`${directory}declaration.json`, 'utf8'))
const { reason } = await writePki({ declaration, directory })
console.error(reason === null ? 'certs/: kept' : `certs/: minted, because ${reason}`)
