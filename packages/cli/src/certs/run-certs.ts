import { readFileSync } from 'node:fs'
import { writePki } from '@peergate/testkit'
import type { PkiDeclaration } from '@peergate/testkit'
import { CouldNotRun, exitCodes } from '../output/exit-code.js'
import type { ExitCode } from '../output/exit-code.js'
import type { Terminal } from '../output/terminal.js'
import { toJson } from '../output/to-json.js'

export interface CertsFlags {
  readonly out: string
  readonly json?: boolean
}

/** `peergate certs` */
export async function runCerts(
  file: string,
  { out, json = false }: CertsFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { reason } = await writePki({ declaration: readDeclaration(file), directory: out })
  const said =
    reason === null ? 'kept, since everything is as it was minted' : `minted, because ${reason}`
  terminal.write(json ? toJson({ directory: out, reason }) : `${out}: ${said}\n`)
  return exitCodes.holds
}

/** Whether it is a declaration is for whoever mints it to say. */
function readDeclaration(file: string): PkiDeclaration {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PkiDeclaration
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === undefined ? 'is not JSON' : `could not be read (${code})`
    throw new CouldNotRun(`the declaration ${file} ${why}`)
  }
}
