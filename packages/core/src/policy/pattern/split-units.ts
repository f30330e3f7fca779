import type { IdentityKind } from '../../client-identity.js'
import { splitAccount } from './account-pattern.js'
import { splitLabels } from './dns-name-pattern.js'
import { splitPath } from './path-pattern.js'

/**
 * The units of an identity of the kind, from the widest to the narrowest; none where no pattern with
 * a wildcard can stand for it.
 */
export function splitUnits(kind: IdentityKind, identity: string): readonly string[] {
  return splitters[kind](identity)
}

const splitters: Readonly<Record<IdentityKind, (identity: string) => readonly string[]>> = {
  spiffe: splitPath,
  uri: splitPath,
  dns: splitLabels,
  email: splitAccount,
  upn: splitAccount,
  ip: hasNoUnits,
  commonName: hasNoUnits,
}

function hasNoUnits(): readonly string[] {
  return []
}
