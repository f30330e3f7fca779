import type { ClientIdentity } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { quote } from '../identity-value/quote.js'
import type { CompiledGrant } from './policy.js'

/** The answer to "may this peer do this?", with the reason. */
export type Decision = AllowedDecision | DeniedDecision

export interface AllowedDecision {
  readonly allowed: true
  /**
   * `granted`: by {@link AllowedDecision.grant}. `trust-set`, `assurance`: by what the route demands.
   * `authenticated`, `public`: the route asks no more. Of several requirements, the first permission
   * gives the reason, and a set or an assurance before `authenticated`.
   */
  readonly reason: 'granted' | 'trust-set' | 'assurance' | 'authenticated' | 'public'
  /** The identity, as its grant writes it; null where no permission was needed. */
  readonly grant: string | null
}

export interface DeniedDecision {
  readonly allowed: false
  /**
   * `refused`: nobody was identified. `not-granted`: no grant gives the identity the permission.
   * `trust-set-mismatch`: another set admitted the identity than the route demands, or it is not known
   * which. `assurance-too-low`: the identity is known with less than the route demands.
   */
  readonly reason: 'refused' | 'not-granted' | 'trust-set-mismatch' | 'assurance-too-low'
  readonly error: PeerGateError
}

/** Decides whether an identity holds a permission. */
export type Decide = (identity: ClientIdentity, permission: string) => Decision

/**
 * Decides by `grants`; where several give a permission, by the first. What an identity holds is found
 * once: the identity of a connection is one object, so that every further request of it costs two
 * look-ups.
 */
export function createDecide(grants: readonly CompiledGrant[]): Decide {
  const holdings = new WeakMap<ClientIdentity, ReadonlyMap<string, AllowedDecision>>()
  return (identity, permission) => {
    let held = holdings.get(identity)
    if (held === undefined) {
      held = findHeld(grants, identity)
      holdings.set(identity, held)
    }
    return held.get(permission) ?? deny(identity, permission)
  }
}

function findHeld(
  grants: readonly CompiledGrant[],
  { kind, value, ...identified }: ClientIdentity,
): ReadonlyMap<string, AllowedDecision> {
  const held = new Map<string, AllowedDecision>()
  for (const { identity, allow, pattern, trustSet = identified.trustSet } of grants) {
    // The same text is another identity in another kind.
    if (pattern.kind !== kind || !pattern.matches(value)) continue
    if (trustSet !== identified.trustSet) continue
    const decision = Object.freeze({ allowed: true, reason: 'granted', grant: identity } as const)
    for (const permission of allow) if (!held.has(permission)) held.set(permission, decision)
  }
  return held
}

function deny(identity: ClientIdentity, permission: string): DeniedDecision {
  const fault = `no grant gives ${permission} to ${quote(identity.value)}`
  const error = new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', fault)
  return { allowed: false, reason: 'not-granted', error }
}
