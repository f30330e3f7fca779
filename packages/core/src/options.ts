import * as z from 'zod'
import { PeerGateError } from './errors.js'

/**
 * The options as `schema` parsed them. `owner` is the function whose options they are; it begins
 * every message.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first faulty option, what was wrong
 * with it, and the name that was probably meant.
 */
export function parseOptions<Schema extends z.ZodType>(
  owner: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const result = schema.safeParse(options)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw optionError(owner, issue === undefined ? 'options are invalid' : explain(issue, schema))
}

/** The error of a fault in the options of `owner` that no schema can see. */
export function optionError(owner: string, fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_OPTION_INVALID', `${owner}: ${fault}`, { cause })
}
