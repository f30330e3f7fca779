import * as z from 'zod'
import { isPeerGate } from './gate.js'
import type { PeerGate } from './gate.js'
import { lazily } from './lazily.js'
import { madeBy, parseOptions, strictOptions } from './options.js'
import { createProblemDetails, problemTypeBaseSchema } from './problem-details.js'
import type { CreateProblem } from './problem-details.js'

/** What every adapter lets its user choose about the answers to refused requests. */
export interface RefusalAnswerOptions {
  /** `answer` (the default): the adapter answers. `forward`: the framework's error handling does. */
  readonly errors?: 'answer' | 'forward'
  /**
   * Where a user's own pages on the codes begin, as an absolute http or https URL that ends with
   * `/`, `#` or `=`: `type` is this with the code appended. Without it, `type` is `about:blank`.
   */
  readonly problemTypeBase?: string
}

/** How an adapter deals with a refused request. */
export interface RefusalAnswer {
  readonly forward: boolean
  /** The answer to a refused request, of whose headers it reads what the client accepts. */
  readonly problem: CreateProblem
}

/**
 * Checks what an adapter was given and makes its answers; see {@link CreateProblem}.
 *
 * For writers of adapters. `owner` is the adapter's public function, for its messages; `options` is
 * everything that the adapter does not know itself, so that unknown options are found here.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function createRefusalAnswer(
  owner: string,
  gate: PeerGate,
  options: RefusalAnswerOptions = {},
): RefusalAnswer {
  // What is no object must not become one by being spread.
  const given = typeof options === 'object' && options !== null ? { ...options, gate } : options
  const { errors, problemTypeBase } = parseOptions(owner, refusalAnswerSchema(), given)
  return Object.freeze({
    forward: errors === 'forward',
    problem: createProblemDetails(problemTypeBase),
  })
}

const refusalAnswerSchema = lazily(() =>
  strictOptions({
    gate: madeBy<PeerGate>('createPeerGate', isPeerGate),
    errors: z.enum(['answer', 'forward']).default('answer'),
    problemTypeBase: problemTypeBaseSchema().optional(),
  }),
)
