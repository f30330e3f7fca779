import type { ClientIdentity } from '../../client-identity.js'
import { quote } from '../../identity-value/quote.js'
import type { CompiledGrant } from '../grant/compile-grant.js'

/**
 * Why no grant gives a permission, for a log: what those that name the identity itself demand besides.
 * Grants of others say nothing, and neither do those for anybody, which may name others in what they
 * demand.
 */
export function explainDenial(
  grants: readonly CompiledGrant[],
  identity: ClientIdentity,
  permission: string,
): string {
  const near = grants.filter((grant) => grant.allowed.has(permission) && isOf(identity, grant))
  return [
    `no grant gives ${permission} to ${quote(identity.value)}`,
    ...near.slice(0, most).map((grant) => describeNeeds(grant, identity)),
    ...(near.length > most ? [`and ${near.length - most} more`] : []),
  ].join('; ')
}

const most = 3

function isOf({ fingerprint256 }: ClientIdentity, { target }: CompiledGrant): boolean {
  if (target.by === 'fingerprint') return target.fingerprint256 === fingerprint256
  return target.by === 'identity'
}

function describeNeeds({ place, conditions }: CompiledGrant, identity: ClientIdentity): string {
  const open = conditions.filter(({ judge }) => judge(identity) !== 'met')
  return `${place} needs ${open.map(({ wording }) => wording).join(' and ')}`
}
