import { quote } from '../../identity-value/quote.js'
import { faultAt, namesUnknown } from '../../options.js'
import type { Locate } from '../../options.js'
import type { Role } from './grant.js'

/** The permissions of every role, by its name. */
export type ExpandedRoles = ReadonlyMap<string, ReadonlySet<string>>

/** How many roles can hold one another in a row, the one that a grant names included. */
const deepestRole = 32

/**
 * Every role with the permissions of the roles in it.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for a role that is not known, one that holds
 * nothing, one that holds itself, and one that is held by too many in a row
 */
export function expandRoles(roles: Readonly<Record<string, Role>>, locate: Locate): ExpandedRoles {
  const declared = new Map(Object.entries(roles))
  const expanded = new Map<string, ReadonlySet<string>>()
  const depths = new Map<string, number>()

  function expand(name: string, outer: readonly string[]): ReadonlySet<string> {
    const known = expanded.get(name)
    if (known !== undefined) return known
    if (outer.includes(name)) {
      throw faultAt(locate, ['roles', name], describeCycle([...outer, name]))
    }
    refuseDeep(name, outer.length + 1)
    const { allow = [], roles: inner = [] } = declared.get(name) as Role
    refuseUnknownRoles(inner, declared, ['roles', name, 'roles'], locate)
    const path = [...outer, name]
    const permissions = new Set([
      ...allow,
      ...inner.flatMap((role) => Array.from(expand(role, path))),
    ])
    if (permissions.size === 0)
      throw faultAt(locate, ['roles', name], 'must allow something, or hold a role that does')
    const depth = 1 + inner.reduce((most, role) => Math.max(most, Number(depths.get(role))), 0)
    refuseDeep(name, depth)
    depths.set(name, depth)
    expanded.set(name, permissions)
    return permissions
  }

  function refuseDeep(name: string, depth: number): void {
    if (depth <= deepestRole) return
    const fault = `is one of more than ${deepestRole} roles in a row, each within the next; flatten them`
    throw faultAt(locate, ['roles', name], fault)
  }

  for (const name of declared.keys()) expand(name, [])
  return expanded
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function refuseUnknownRoles(
  named: readonly string[],
  known: ReadonlyMap<string, unknown>,
  path: readonly PropertyKey[],
  locate: Locate,
): void {
  for (const [index, name] of named.entries()) {
    if (known.has(name)) continue
    throw faultAt(locate, [...path, index], namesUnknown('role', name, known.keys()))
  }
}

function describeCycle(names: readonly string[]): string {
  const cycle = names.slice(names.indexOf(String(names.at(-1))))
  return `must not hold itself: ${cycle.map(quote).join(' holds ')}`
}
