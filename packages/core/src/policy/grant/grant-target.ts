import type { IdentityKind } from '../../client-identity.js'
import type { Locate } from '../../options.js'
import type { IdentityPattern } from '../pattern.js'
import type { ExpandedRoles } from './roles.js'

/** Which peers a grant names. */
export type GrantTarget =
  | { readonly by: 'identity'; readonly pattern: IdentityPattern }
  | { readonly by: 'fingerprint'; readonly fingerprint256: string }
  | { readonly by: 'anyIdentity' }

/** What a grant is read in. */
export interface GrantContext {
  readonly kind: IdentityKind
  readonly roles: ExpandedRoles
  readonly path: readonly PropertyKey[]
  readonly locate: Locate
}
