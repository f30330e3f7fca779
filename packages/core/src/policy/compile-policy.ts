import { quote } from '../identity-value/quote.js'
import { faultAt, namesUnknown, parseAt } from '../options.js'
import type { Locate } from '../options.js'
import { compileGrant } from './grant/compile-grant.js'
import type { CompiledGrant } from './grant/compile-grant.js'
import { createGrantIndex } from './grant/grant-index.js'
import type { FindGrants } from './grant/grant-index.js'
import { policySchemaFor } from './policy-schema.js'
import type { PolicyContent } from './policy-schema.js'
import { refusePrototypeKeys } from './prototype-key.js'
import { expandRoles } from './grant/roles.js'

/** A policy that is ready to decide. */
export interface CompiledPolicy {
  readonly content: Omit<PolicyContent, 'permissions'> & {
    readonly permissions: readonly string[]
    readonly descriptions: Readonly<Record<string, string | null>>
  }
  readonly grants: readonly CompiledGrant[]
  readonly find: FindGrants
  /** Where a part of the policy stands, for messages on it. */
  readonly locate: Locate
}

/**
 * Checks the content of a policy as a whole.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, ERR_PEERGATE_PATTERN_INVALID or
 * ERR_PEERGATE_PERMISSION_UNKNOWN
 */
export function compilePolicy(options: unknown, locate: Locate): CompiledPolicy {
  refusePrototypeKeys(options, locate)
  const parsed = parseAt(locate, policySchemaFor(options), options)
  const { identity, roles } = parsed
  const { permissions, descriptions } = readVocabulary(parsed)
  refuseUnfitNames(parsed, permissions, locate)
  const expanded = expandRoles(roles, locate)
  const grants = parsed.grants.map((grant, index) =>
    compileGrant(grant, { kind: identity, roles: expanded, path: ['grants', index], locate }),
  )
  refuseRepeatedGrants(grants, locate)
  return {
    content: { identity, permissions, descriptions, roles, grants: parsed.grants },
    grants,
    find: createGrantIndex(identity, grants),
    locate,
  }
}

function readVocabulary({ permissions }: PolicyContent): {
  readonly permissions: readonly string[]
  readonly descriptions: Readonly<Record<string, string | null>>
} {
  const texts: readonly (readonly [string, string | null])[] = isList(permissions)
    ? permissions.map((name) => [name, null])
    : Object.entries(permissions)
  return {
    permissions: Object.freeze(texts.map(([name]) => name)),
    descriptions: Object.freeze(Object.fromEntries(texts)),
  }
}

/** Of the vocabulary, of roles and of grants: what is named twice, or not known. */
function refuseUnfitNames(
  { permissions, roles, grants }: PolicyContent,
  known: readonly string[],
  locate: Locate,
): void {
  if (isList(permissions)) refuseRepeats(permissions, ['permissions'], locate)
  const vocabulary = new Set(known)
  for (const [name, role] of Object.entries(roles)) {
    refuseUnfitLists(role, ['roles', name], { vocabulary, locate })
  }
  for (const [index, grant] of grants.entries()) {
    refuseUnfitLists(grant, ['grants', index], { vocabulary, locate })
  }
}

interface Lists {
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  readonly roles?: readonly string[]
}

function refuseUnfitLists(
  { allow = [], deny = [], roles = [] }: Lists,
  path: readonly PropertyKey[],
  { vocabulary, locate }: { readonly vocabulary: ReadonlySet<string>; readonly locate: Locate },
): void {
  refuseRepeats(roles, [...path, 'roles'], locate)
  for (const [name, list] of [
    ['allow', allow],
    ['deny', deny],
  ] as const) {
    refuseRepeats(list, [...path, name], locate)
    for (const [index, permission] of list.entries()) {
      if (vocabulary.has(permission)) continue
      const fault = namesUnknown('permission', permission, vocabulary)
      throw faultAt(locate, [...path, name, index], fault, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
    }
  }
}

function refuseRepeats(
  names: readonly string[],
  path: readonly PropertyKey[],
  locate: Locate,
): void {
  const seen = new Set<string>()
  for (const [index, name] of names.entries()) {
    if (seen.has(name)) throw faultAt(locate, [...path, index], `names ${quote(name)} twice`)
    seen.add(name)
  }
}

function refuseRepeatedGrants(grants: readonly CompiledGrant[], locate: Locate): void {
  const seen = new Map<string, CompiledGrant>()
  for (const grant of grants) {
    const earlier = seen.get(grant.key)
    if (earlier !== undefined) {
      const fault = `names the same peers on the same conditions as ${quote(earlier.place)}; make them one`
      throw faultAt(locate, grant.path, fault)
    }
    seen.set(grant.key, grant)
  }
}

function isList(permissions: PolicyContent['permissions']): permissions is readonly string[] {
  return Array.isArray(permissions)
}
