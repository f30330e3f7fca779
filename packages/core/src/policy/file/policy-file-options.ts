import * as z from 'zod'
import { identityKinds } from '../../client-identity.js'
import type { IdentityKind } from '../../client-identity.js'
import { lazily } from '../../lazily.js'
import { parseOptions, strictOptions } from '../../options.js'
import { reloadSchema } from '../../reload/reload-options.js'
import type {
  ParsedReloadOptions,
  ReloadFailure,
  ReloadOptions,
} from '../../reload/reload-options.js'
import { gateNameSchema } from '../../rollout-mode.js'
import type { Policy } from '../policy.js'

export interface PolicyFileOptions<Kind extends IdentityKind, Permission extends string> {
  /** What its reloads are called by in events, metrics and logs; `default` without it. */
  readonly name?: string
  /** The path of a JSON file that ends in `.json`, or of a YAML file that ends in `.yaml` or `.yml`. */
  readonly path: string
  /** The kind of identity that the grants name, which must be what the file says. */
  readonly identity: Kind
  /** The permissions that the code names. The file must have all of them, and may have more. */
  readonly permissions: readonly Permission[]
  /** When the file is read again; never by default. */
  readonly reload?: ReloadOptions
  /**
   * Called after every reload, and once for each state of the file that could not be taken. A failure
   * of {@link PolicyFile.reload} is thrown to whoever called it, and not told here.
   */
  readonly onReload?: (outcome: PolicyReloadOutcome) => unknown
}

/** What came of a reload. After an error, everything is as it was. */
export type PolicyReloadOutcome = PolicyReloadSuccess | ReloadFailure

export interface PolicyReloadSuccess {
  readonly error: null
  /** The policy that is in force now. */
  readonly policy: Policy
}

/** The options of a policy file with their defaults. */
export interface ParsedPolicyFileOptions {
  readonly name: string
  readonly path: string
  readonly identity: IdentityKind
  readonly permissions: readonly string[]
  readonly reload: ParsedReloadOptions
  readonly onReload?: ((outcome: PolicyReloadOutcome) => unknown) | undefined
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function parsePolicyFileOptions(options: unknown): ParsedPolicyFileOptions {
  return parseOptions('policyFile', policyFileSchema(), options)
}

const policyFileSchema = lazily<z.ZodType<ParsedPolicyFileOptions>>(() =>
  strictOptions({
    name: gateNameSchema(),
    path: z
      .string()
      .regex(/\.(?:json|ya?ml)$/u, 'must be the path of a file that ends in .json, .yaml or .yml'),
    identity: z.enum(identityKinds),
    permissions: z.array(z.string()).readonly(),
    reload: reloadSchema(),
    onReload: z
      .custom<(outcome: PolicyReloadOutcome) => unknown>(
        (value) => typeof value === 'function',
        'must be a function',
      )
      .optional(),
  }),
)
