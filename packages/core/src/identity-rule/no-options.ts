import { lazily } from '../lazily.js'
import { parseOptions, strictOptions } from '../options.js'

/** The options of a rule that has none yet: `{}` or nothing. */
export type NoOptions = Readonly<Record<string, never>>

const noOptions = lazily(() => strictOptions({}))

/**
 * Refuses every option given to `owner`, since one that is ignored is a rule that its author believes
 * to be in force.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID.
 */
export function refuseOptions(owner: string, options: NoOptions): void {
  parseOptions(owner, noOptions(), options)
}
