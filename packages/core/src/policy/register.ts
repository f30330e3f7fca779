import type { IdentityKind } from '../client-identity.js'
import type { PolicyFile } from './file/policy-file.js'
import type { Policy } from './policy.js'

/**
 * Where an application names its policy once, so that bare permission tags are checked everywhere.
 *
 * @example
 * ```ts
 * declare module '@peergate/core' {
 *   interface Register {
 *     policy: typeof policy
 *   }
 * }
 * ```
 */
export interface Register {}

/** The permissions of the registered policy or policy file; `never` without one, so that no bare tag compiles. */
export type RegisteredPermission = Register extends {
  readonly policy:
    Policy<IdentityKind, infer Permission> | PolicyFile<IdentityKind, infer Permission>
}
  ? Permission
  : never
