/** How a command ends; the codes are API. */
export const exitCodes = {
  /** What was looked at is as it should be. */
  holds: 0,
  /** Something is not. */
  finding: 1,
  /** The command was not understood. */
  usage: 2,
  /** It could not be carried out, so that nothing is known. */
  couldNotRun: 3,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Why a command could not be carried out, and what to do. */
export class CouldNotRun extends Error {
  override readonly name = 'CouldNotRun'
}

/** What is wrong with the parameters of a command. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
