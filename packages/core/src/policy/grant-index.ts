import type { ClientIdentity, IdentityKind } from '../client-identity.js'
import type { CompiledGrant } from './compile-grant.js'
import type { GrantTarget } from './grant-target.js'

/** Finds the grants that name a peer, in their order, in a time that hardly depends on their number. */
export function createGrantIndex(
  kind: IdentityKind,
  grants: readonly CompiledGrant[],
): (identity: ClientIdentity) => readonly CompiledGrant[] {
  return (identity) =>
    identity.kind === kind ? grants.filter(({ target }) => isNamedBy(target, identity)) : []
}

/** A certificate that is not known may be the one of every fingerprint; its condition says so. */
function isNamedBy(target: GrantTarget, { value, fingerprint256 }: ClientIdentity): boolean {
  if (target.by === 'anyIdentity') return true
  if (target.by === 'identity') return target.pattern.matches(value)
  return fingerprint256 === null || fingerprint256 === target.fingerprint256
}
