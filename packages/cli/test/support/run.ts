import { runCli } from '#cli/run-cli.js'
import type { Terminal } from '#cli/output/terminal.js'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command in this process, as it would in a terminal without colours. */
export async function run(
  parameters: readonly string[],
  own: Partial<Pick<Terminal, 'columns' | 'hasColors' | 'showsProgress'>> & {
    readonly input?: string
  } = {},
): Promise<Ran> {
  const { input = '', ...look } = own
  let out = ''
  let err = ''
  const code = await runCli(parameters, {
    write: (text) => (out += text),
    writeError: (text) => (err += text),
    columns: 80,
    hasColors: false,
    showsProgress: false,
    readInput: async () => input,
    ...look,
  })
  return { code, out, err }
}

/** What a command that was given `--json` said. */
export async function runJson(parameters: readonly string[]): Promise<{
  readonly code: number
  readonly report: unknown
}> {
  const { code, out } = await run([...parameters, '--json'])
  return { code, report: JSON.parse(out) }
}
