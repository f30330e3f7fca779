import * as z from 'zod'
import type { PeerGateError } from './errors.js'
import { isPeerGate } from './gate.js'
import type { PeerGate } from './gate.js'
import { madeBy, parseOptions, strictOptions } from './options.js'

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
  readonly problem: (error: PeerGateError) => ProblemDetails
}

/** An HTTP answer, ready to be sent. */
export interface ProblemDetails {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Checks what an adapter was given and makes its answers: problem details (RFC 9457 §3) with `type`,
 * `status` and `code` and nothing else, since the one who reads them was refused.
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
  const { errors, problemTypeBase } = parseOptions(owner, refusalAnswerSchema, given)
  return Object.freeze({
    forward: errors === 'forward',
    problem: ({ code, statusCode }: PeerGateError) => ({
      statusCode,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: JSON.stringify({
        type: problemTypeBase === undefined ? 'about:blank' : problemTypeBase + code,
        status: statusCode,
        code,
      }),
    }),
  })
}

const refusalAnswerSchema = strictOptions({
  gate: madeBy<PeerGate>('createPeerGate', isPeerGate),
  errors: z.enum(['answer', 'forward']).default('answer'),
  problemTypeBase: z
    .string()
    .refine(isExtensibleUrl, 'must be an absolute http or https URL that ends with "/", "#" or "="')
    .optional(),
})

/** Without the end, the code would become a part of the host or of a word. */
function isExtensibleUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\/[^/\s]+\/\S*(?<=[/#=])$/u.test(text)
}
