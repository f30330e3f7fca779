import { createRequire } from 'node:module'
import type Negotiator from 'negotiator'
import * as z from 'zod'
import { sentenceOf } from './errors.js'
import type { PeerGateError, PeerGateErrorCode } from './errors.js'
import { lazily } from './lazily.js'

/** An HTTP answer, ready to be sent. */
export interface ProblemDetails {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Makes the answer to a refused request, of whose headers it reads what the client accepts. */
export type CreateProblem = (error: PeerGateError, headers?: unknown) => ProblemDetails

/**
 * Makes answers: problem details (RFC 9457 §3), or one line of text for a client that prefers it.
 *
 * The one who reads them was refused, so that they say what follows from the code and nothing else:
 * its `type`, its general sentence as `title`, its `status`, the `code` itself and, with 401, whether a
 * certificate is `required` or was `rejected`.
 *
 * @param problemTypeBase where pages on the codes begin; without it `type` is `about:blank`.
 */
export function createProblemDetails(problemTypeBase: string | undefined): CreateProblem {
  const Reader = negotiator()
  return (error, headers) => {
    const isText = prefersPlainText(headers, Reader)
    return {
      statusCode: error.statusCode,
      headers: {
        'content-type': isText ? 'text/plain; charset=utf-8' : 'application/problem+json',
        'cache-control': 'no-store',
        vary: 'accept',
      },
      body: isText ? lineOf(error) : JSON.stringify(membersOf(error, problemTypeBase)),
    }
  }
}

/** Not with the first request that is refused: connections may have left no file to be opened. */
const negotiator = lazily(() => createRequire(import.meta.url)('negotiator') as typeof Negotiator)

function lineOf({ code, statusCode }: PeerGateError): string {
  return `${statusCode} ${sentenceOf(code)} (${code})\n`
}

function membersOf({ code, statusCode }: PeerGateError, base: string | undefined): object {
  return {
    type: base === undefined ? 'about:blank' : base + code,
    title: sentenceOf(code),
    status: statusCode,
    code,
    ...(statusCode === 401 && { certificate: meansAbsence.has(code) ? 'required' : 'rejected' }),
  }
}

/** The codes of requests with which no certificate came; with those of any other 401, one did. */
const meansAbsence: ReadonlySet<PeerGateErrorCode> = new Set([
  'ERR_PEERGATE_ASSERTION_REFUSED',
  'ERR_PEERGATE_CERTIFICATE_MISSING',
  'ERR_PEERGATE_CONNECTION_NOT_TLS',
  'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING',
])

/** Whether `Accept` (RFC 9110 §12.5.1) puts text before JSON; where it cannot be read, it does not. */
function prefersPlainText(headers: unknown, Reader: typeof Negotiator): boolean {
  const { accept } = (headers ?? {}) as { readonly accept?: unknown }
  // Strangers write it, and the time that reading takes grows with its length.
  if (typeof accept !== 'string' || accept.length > longestAccept) return false
  return new Reader({ headers: { accept } }).mediaType(offered)?.startsWith('text/') === true
}

const longestAccept = 512

/** What the client may have asked for; of those that it likes equally, the first. */
const offered = [
  'application/problem+json',
  'application/json',
  'text/plain',
  // A range with a parameter fits no type without it.
  'text/plain; charset=utf-8',
]

export const problemTypeBaseSchema: () => z.ZodString = lazily(() =>
  z
    .string()
    .refine(
      isExtensibleUrl,
      'must be an absolute http or https URL that ends with "/", "#" or "="',
    ),
)

/** Without the end, the code would become a part of the host or of a word. */
function isExtensibleUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\/[^/\s]+\/\S*(?<=[/#=])$/u.test(text)
}
