import { CommanderError } from 'commander'
import { exitCodes } from './output/exit-code.js'
import type { ExitCode } from './output/exit-code.js'
import { visible } from './output/visible.js'
import type { Terminal } from './output/terminal.js'
import { createProgram } from './program.js'

/**
 * Runs one command of `peergate`.
 *
 * @param parameters without the names of Node and of the program
 * @returns how it ended; nothing is thrown
 */
export async function runCli(parameters: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.holds
  const program = createProgram(terminal, (ended) => (code = ended))
  try {
    await program.parseAsync(parameters, { from: 'user' })
    return code
  } catch (error) {
    return explain(error, terminal)
  }
}

function explain(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) {
    // It has said what is wrong, or shown the help.
    return error.exitCode === 0 ? exitCodes.holds : exitCodes.usage
  }
  const { name, message, code, syscall, stack } = error as NodeJS.ErrnoException
  if (name === 'UsageError') {
    terminal.writeError(`peergate: ${visible(message)}\n`)
    return exitCodes.usage
  }
  const isExplained =
    name === 'CouldNotRun' || syscall !== undefined || String(code).startsWith('ERR_PEERGATE_')
  const text = isExplained ? visible(message) : `a fault of this program: ${stack}`
  terminal.writeError(`peergate: ${text}\n`)
  return exitCodes.couldNotRun
}
