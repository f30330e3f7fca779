import * as z from 'zod'
import { lazily } from '../lazily.js'

/**
 * A header that an operator named: a token (RFC 9110 §5.6.2) of letters, digits and dashes alone, since
 * `_` and `.` are folded into the dash where headers are counted. In lower case.
 */
export const headerNameSchema: () => z.ZodType<string, string> = lazily(() =>
  z
    .string()
    .regex(
      /^[A-Za-z\d]+(?:-[A-Za-z\d]+)*$/u,
      'must be the name of a header, such as "X-SSL-Client-Cert"',
    )
    .transform((name) => name.toLowerCase())
    .refine((name) => !ofHttp.has(name), 'must not be a header that HTTP itself needs'),
)

/** What is removed from a request once it is read (RFC 9110 §7.2 and §10.1.1, RFC 9112 §6). */
const ofHttp: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
