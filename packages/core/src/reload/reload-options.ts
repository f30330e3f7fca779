import * as z from 'zod'
import type { PeerGateError } from '../errors.js'
import { lazily } from '../lazily.js'
import { strictOptions } from '../options.js'

export interface ReloadOptions {
  /** Looks at the files every so many seconds, 0.05 to 3600; also behind symbolic links. */
  readonly every?: number
  /** Reads the files again when the process gets this signal. */
  readonly signal?: 'SIGHUP'
}

export interface ReloadFailure {
  readonly error: PeerGateError
}

/** The options with their defaults. */
export interface ParsedReloadOptions {
  readonly every?: number | undefined
  readonly signal?: 'SIGHUP' | undefined
}

export const reloadSchema: () => z.ZodPrefault<z.ZodType<ParsedReloadOptions>> = lazily(() =>
  strictOptions({
    every: z.number().min(0.05).max(3600).optional(),
    signal: z.enum(['SIGHUP']).optional(),
  }).prefault({}),
)
