import * as z from 'zod'
import type { PeerGateError } from './errors.js'

/** An HTTP answer, ready to be sent. */
export interface ProblemDetails {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Makes the answer to a refused request, of whose headers it reads what the client accepts. */
export type CreateProblem = (error: PeerGateError, headers?: unknown) => ProblemDetails

/**
 * Makes answers: problem details (RFC 9457 §3) with `type`, `status` and `code` and nothing else, since
 * the one who reads them was refused.
 *
 * @param problemTypeBase where pages on the codes begin; without it `type` is `about:blank`.
 */
export function createProblemDetails(problemTypeBase: string | undefined): CreateProblem {
  return ({ code, statusCode }) => ({
    statusCode,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({
      type: problemTypeBase === undefined ? 'about:blank' : problemTypeBase + code,
      status: statusCode,
      code,
    }),
  })
}

export const problemTypeBaseSchema: z.ZodString = z
  .string()
  .refine(isExtensibleUrl, 'must be an absolute http or https URL that ends with "/", "#" or "="')

/** Without the end, the code would become a part of the host or of a word. */
function isExtensibleUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\/[^/\s]+\/\S*(?<=[/#=])$/u.test(text)
}
