import { quote } from '../identity-value/quote.js'
import { faultAt, namesUnknown } from '../options.js'
import type { Locate } from '../options.js'
import type { Role } from './grant.js'

/** The permissions of every role, by its name. */
export type ExpandedRoles = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Every role with the permissions of the roles in it.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for a role that is not known, one that holds
 * nothing, and one that holds itself
 */
export function expandRoles(roles: Readonly<Record<string, Role>>, locate: Locate): ExpandedRoles {
  const declared = new Map(Object.entries(roles))
  const expanded = new Map<string, ReadonlySet<string>>()

  function expand(name: string, outer: readonly string[]): ReadonlySet<string> {
    const known = expanded.get(name)
    if (known !== undefined) return known
    if (outer.includes(name)) {
      throw faultAt(locate, ['roles', name], describeCycle([...outer, name]))
    }
    const { allow = [], roles: inner = [] } = declared.get(name) as Role
    refuseUnknownRoles(inner, declared.keys(), ['roles', name, 'roles'], locate)
    const path = [...outer, name]
    const permissions = new Set([
      ...allow,
      ...inner.flatMap((role) => Array.from(expand(role, path))),
    ])
    if (permissions.size === 0)
      throw faultAt(locate, ['roles', name], 'must allow something, or hold a role that does')
    expanded.set(name, permissions)
    return permissions
  }

  for (const name of declared.keys()) expand(name, [])
  return expanded
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function refuseUnknownRoles(
  named: readonly string[],
  known: Iterable<string>,
  path: readonly PropertyKey[],
  locate: Locate,
): void {
  const roles = new Set(known)
  for (const [index, name] of named.entries()) {
    if (roles.has(name)) continue
    throw faultAt(locate, [...path, index], namesUnknown('role', name, roles))
  }
}

function describeCycle(names: readonly string[]): string {
  const cycle = names.slice(names.indexOf(String(names.at(-1))))
  return `must not hold itself: ${cycle.map(quote).join(' holds ')}`
}
