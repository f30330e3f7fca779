import type { ClientIdentity } from '../../client-identity.js'

/** Says by exactly `true` that an identity may send a request; see `when`. */
export type Predicate<Request = never> = (
  identity: ClientIdentity,
  request: Request,
) => boolean | Promise<boolean>
