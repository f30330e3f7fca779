import * as z from 'zod'
import { lazily } from '../lazily.js'
import { strictOptions } from '../options.js'
import { materialSchema } from './material.js'
import type { Material } from './material.js'

export interface RevocationOptions {
  /** The revocation lists of the CAs of the set: PEM, of one list or several, or DER. */
  readonly lists: Material | readonly Material[]
  /**
   * What a list means from its nextUpdate on. `fail` refuses every client of its CA, and is the
   * default. A grace period is the number of seconds, a year at most, for which the list is used
   * on; a process warning with the code `PEERGATE_REVOCATION_LIST_STALE` says so once.
   */
  readonly whenStale?: 'fail' | { readonly grace: number } | undefined
}

export const revocationSchema: () => z.ZodType<RevocationOptions> = lazily(() =>
  strictOptions({
    lists: z.union(
      [materialSchema(), z.array(materialSchema()).min(1, 'must hold at least one list')],
      {
        error: 'must be the path of a file, PEM text, bytes of PEM or DER, or a list of these',
      },
    ),
    whenStale: z
      .union([z.literal('fail'), strictOptions({ grace: graceSchema() })], {
        error: 'must be "fail" or { grace: whole seconds }',
      })
      .optional(),
  }),
)

function graceSchema(): z.ZodType<number> {
  const error = 'must be of 1 to 31536000 seconds, a year'
  return z.int().min(1, error).max(31_536_000, error)
}
