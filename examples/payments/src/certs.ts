import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The path of a file in `certs/`, the development PKI. */
export function certPath(file: string): string {
  return fileURLToPath(new URL(`../../../certs/${file}`, import.meta.url))
}

export function readCert(file: string): string {
  return readFileSync(certPath(file), 'utf8')
}
