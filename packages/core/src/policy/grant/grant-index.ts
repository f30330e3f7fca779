import type { ClientIdentity, IdentityKind } from '../../client-identity.js'
import { twinsOf } from '../../identity-value/twin-fingerprints.js'
import type { CompiledGrant } from './compile-grant.js'
import type { IdentityPattern } from '../pattern.js'
import { createPatternIndex } from '../pattern/pattern-index.js'

/** The grants that name a peer, in their order; their conditions are not looked at. */
export type FindGrants = (identity: ClientIdentity) => readonly CompiledGrant[]

/** Finds grants in a time that hardly depends on their number. */
export function createGrantIndex(kind: IdentityKind, grants: readonly CompiledGrant[]): FindGrants {
  const general: number[] = []
  const certificates = new Map<string, number[]>()
  const denyingCertificates: number[] = []
  const patterns: IdentityPattern[] = []
  const patterned: number[] = []
  for (const [at, { target, denied }] of grants.entries()) {
    if (target.by === 'anyIdentity') general.push(at)
    else if (target.by === 'identity') {
      patterns.push(target.pattern)
      patterned.push(at)
    } else {
      const { fingerprint256 } = target
      certificates.set(fingerprint256, [...(certificates.get(fingerprint256) ?? []), at])
      if (denied.size > 0) denyingCertificates.push(at)
    }
  }
  const findPatterns = createPatternIndex(kind, patterns)

  /** A certificate that is not known may be each of those that are denied, and is none that is allowed. */
  function findCertificate(identity: ClientIdentity): readonly number[] {
    if (certificates.size === 0) return []
    const { fingerprint256 } = identity
    const twins = twinsOf(identity)
    const named = [fingerprint256 ?? [], twins ?? []]
      .flat()
      .flatMap((fingerprint) => certificates.get(fingerprint) ?? [])
    const isKnown = fingerprint256 !== null && twins !== null
    return isKnown ? named : [...new Set([...named, ...denyingCertificates])]
  }

  return (identity) => {
    if (identity.kind !== kind) return []
    const named = findPatterns(identity.value).map((entry) => patterned[entry] as number)
    const found = [...general, ...findCertificate(identity), ...named]
    return found.toSorted((one, other) => one - other).map((at) => grants[at] as CompiledGrant)
  }
}
