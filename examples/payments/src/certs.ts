import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { writePki } from '@peergate/testkit'

const directory = fileURLToPath(new URL('../../../certs/', import.meta.url))

/** Mints the development PKI where it is missing or about to expire. */
export async function mintCerts(): Promise<void> {
  const declaration = JSON.parse(await readFile(`${directory}declaration.json`, 'utf8'))
  await writePki({ declaration, directory })
}

/** The path of a file in `certs/`. */
export function certPath(file: string): string {
  return `${directory}${file}`
}

export function readCert(file: string): string {
  return readFileSync(certPath(file), 'utf8')
}
