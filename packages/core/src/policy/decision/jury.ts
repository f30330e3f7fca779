import type { ClientIdentity } from '../../client-identity.js'
import type { PeerGateError } from '../../errors.js'
import type { Asking } from './asking.js'
import type { Authorizer } from './authorizer.js'
import type { Decide } from './decide.js'
import type { PendingDecision } from './decision.js'

/** Decides whether an identity meets one statement; neither throws nor rejects. */
export type Judge = (
  identity: ClientIdentity,
  request: unknown,
  params: unknown,
  asking: Asking | null,
) => PendingDecision

/** What decides on permissions and predicates. */
export interface Jury {
  readonly decide: Decide
  /** Null where the grants decide alone. */
  readonly authorizer: Authorizer | null
  /** Told of what a user's own predicate or engine did wrong. */
  readonly report: (error: PeerGateError) => void
}
