import type { ClientIdentity, IdentityKind } from '../client-identity.js'
import { twinsOf } from '../identity-value/twin-fingerprints.js'
import type { CompiledGrant } from './compile-grant.js'
import type { IdentityPattern } from './pattern.js'
import { createPatternIndex } from './pattern/pattern-index.js'

/** The grants that name a peer, in their order; their conditions are not looked at. */
export type FindGrants = (identity: ClientIdentity) => readonly CompiledGrant[]

/** Finds grants in a time that hardly depends on their number. */
export function createGrantIndex(kind: IdentityKind, grants: readonly CompiledGrant[]): FindGrants {
  const general: number[] = []
  const certificates = new Map<string, number[]>()
  const patterns: IdentityPattern[] = []
  const patterned: number[] = []
  for (const [at, { target }] of grants.entries()) {
    if (target.by === 'anyIdentity') general.push(at)
    else if (target.by === 'identity') {
      patterns.push(target.pattern)
      patterned.push(at)
    } else {
      const { fingerprint256 } = target
      certificates.set(fingerprint256, [...(certificates.get(fingerprint256) ?? []), at])
    }
  }
  const findPatterns = createPatternIndex(kind, patterns)

  /** A certificate that is not known may be the one of every fingerprint; their condition says so. */
  function findCertificate(identity: ClientIdentity): readonly number[] {
    const { fingerprint256 } = identity
    const twins = twinsOf(identity)
    if (fingerprint256 === null || twins === null) return [...certificates.values()].flat()
    return [fingerprint256, ...(twins ?? [])].flatMap((one) => certificates.get(one) ?? [])
  }

  return (identity) => {
    if (identity.kind !== kind) return []
    const named = findPatterns(identity.value).map((entry) => patterned[entry] as number)
    const found = [...general, ...findCertificate(identity), ...named]
    return found.toSorted((one, other) => one - other).map((at) => grants[at] as CompiledGrant)
  }
}
