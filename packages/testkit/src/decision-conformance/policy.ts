import assert from 'node:assert/strict'
import { definePolicy } from '@peergate/core'
import type {
  Grant,
  IdentityKind,
  PermissionRequirement,
  Policy,
  Requirement,
  Role,
} from '@peergate/core'
import { later } from './case.js'
import type { CaseGrant, DecisionCase, Fingerprints } from './case.js'

/** A case at its place among those that share a policy. */
export interface PlacedCase extends DecisionCase {
  readonly place: number
  readonly fingerprints: Fingerprints
}

/**
 * One policy that holds what all the cases grant, each with permissions of its own: so each of them is
 * decided among the grants of all the others.
 */
export function definePolicyOf(
  kind: IdentityKind,
  cases: readonly PlacedCase[],
  decides: 'engine' | 'grants',
): Policy {
  const permissions = cases.flatMap(listPermissions)
  // Held by a certificate that nobody has, so that the audit at boot has nothing to warn of.
  const nobody = { fingerprint256: '00'.repeat(32), notAfter: later, allow: permissions }
  return definePolicy({
    identity: kind,
    permissions,
    roles: Object.fromEntries(cases.flatMap(rolesOf)),
    grants: [...mergeGrants(cases), ...(decides === 'grants' ? [nobody] : [])],
  })
}

/** What the route of a case needs; `named` is told of the permissions in it. */
export function requirementOf(
  placed: PlacedCase,
  named: (permission: string) => void = () => undefined,
): Requirement {
  const { requirement = (own) => own('read') } = placed
  return requirement((name) => {
    const permission = ownName(placed, name)
    named(permission)
    // A bare tag, which is typed only where a policy is registered.
    return permission as unknown as PermissionRequirement
  })
}

/** The name that a permission or a role of a case has in the policy. */
export function ownName({ place }: PlacedCase, name: string): string {
  return `case-${place}:${name}`
}

function listPermissions(placed: PlacedCase): readonly string[] {
  const named = new Set<string>()
  requirementOf(placed, (permission) => named.add(permission))
  for (const { allow = [], deny = [] } of grantsOf(placed)) {
    for (const permission of [...allow, ...deny]) named.add(permission)
  }
  for (const [, { allow = [] }] of rolesOf(placed)) {
    for (const permission of allow) named.add(permission)
  }
  return Array.from(named)
}

function rolesOf(placed: PlacedCase): readonly (readonly [string, Role])[] {
  return Object.entries(placed.roles ?? {}).map(([name, role]) => [
    ownName(placed, name),
    renameLists(placed, role),
  ])
}

function grantsOf(placed: PlacedCase): readonly Grant<string, string>[] {
  const { grants = [], fingerprints } = placed
  const written = typeof grants === 'function' ? grants(fingerprints) : grants
  return written.map((grant: CaseGrant) => renameLists(placed, grant))
}

const lists = ['allow', 'deny', 'roles'] as const

type Lists = Partial<Record<(typeof lists)[number], readonly string[]>>

function renameLists<Named extends Lists>(placed: PlacedCase, named: Named): Named {
  const renamed = lists.flatMap((list) => {
    const names = named[list]
    return names === undefined ? [] : [[list, names.map((name) => ownName(placed, name))]]
  })
  return { ...named, ...Object.fromEntries(renamed) }
}

/** A policy names no peers twice, so that cases with the same ones share the grant. */
function mergeGrants(cases: readonly PlacedCase[]): readonly Grant<string, string>[] {
  const merged = new Map<string, Grant<string, string>>()
  for (const one of cases) {
    for (const grant of grantsOf(one)) {
      const key = JSON.stringify({ ...grant, ...noLists })
      const known = merged.get(key)
      assert.ok(known === undefined || one.isOrdered !== true, `${one.name}: it shares ${key}`)
      merged.set(key, known === undefined ? grant : joinLists(known, grant))
    }
  }
  return Array.from(merged.values())
}

const noLists = { allow: undefined, deny: undefined, roles: undefined }

function joinLists<Named extends Lists>(one: Named, other: Named): Named {
  const joined = lists.flatMap((list) => {
    const names = [...(one[list] ?? []), ...(other[list] ?? [])]
    return names.length === 0 ? [] : [[list, names]]
  })
  return { ...one, ...Object.fromEntries(joined) }
}
