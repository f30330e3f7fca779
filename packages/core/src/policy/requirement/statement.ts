import type { Assurance } from '../../assurance.js'
import type { Predicate } from './predicate.js'

/** What a requirement asks for, as our own code reads it. */
export type Statement = EnforcedStatement | ShadowStatement

/** What a requirement demands of those who come to its route. */
export type EnforcedStatement = IdentityStatement | { readonly kind: 'publicRoute' }

/** What can be asked of an identity. */
export type IdentityStatement =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'trustSet'; readonly name: string }
  | { readonly kind: 'minimumAssurance'; readonly minimum: Assurance }
  | PredicateStatement
  | PermissionStatement
  | CombinedStatement

export interface PermissionStatement {
  readonly kind: 'permission'
  readonly tag: string
  /** The gate that made it; null for a bare tag. */
  readonly gate: object | null
}

export interface PredicateStatement {
  readonly kind: 'when'
  readonly predicate: Predicate
  /** The name of the function, as it was when it was stated. */
  readonly name: string
}

/** One within another of the same kind says no more than its parts, so that there are none. */
export interface CombinedStatement {
  readonly kind: 'allOf' | 'anyOf'
  readonly parts: readonly IdentityStatement[]
}

/** What a route demands, and what it may demand one day, which is only tried. */
interface ShadowStatement {
  readonly kind: 'withShadow'
  readonly live: EnforcedStatement
  readonly proposed: IdentityStatement
}

/** A requirement that states `statement` and shows `shown`; frozen. */
export function makeRequirement(shown: object, statement: Statement): object {
  statements.set(shown, statement)
  return Object.freeze(shown)
}

/** What `requirement` states; undefined for what is none, copies and look-alikes included. */
export function statementOf(requirement: unknown): Statement | undefined {
  if (typeof requirement !== 'string') return statements.get(requirement as object)
  return { kind: 'permission', tag: requirement, gate: null }
}

/** What a requirement can be, in words that follow its name. */
export const requirementForms =
  'must be a permission, gate.permission(…), trustSet(…), minimumAssurance(…), when(…), allOf(…), anyOf(…), withShadow(…), authenticated or publicRoute'

/** By the requirement itself, so that nobody can make one by hand. */
const statements = new WeakMap<object, Statement>()

/** What `statement` demands, without what is only tried. */
export function enforcedOf(statement: Statement): EnforcedStatement {
  return statement.kind === 'withShadow' ? statement.live : statement
}

/** What `statement` proposes; null where it proposes nothing. */
export function proposedBy(statement: Statement): IdentityStatement | null {
  return statement.kind === 'withShadow' ? statement.proposed : null
}

/** The permissions that a statement names, in its order; those that it only tries, last. */
export function permissionsIn(statement: Statement): readonly string[] {
  if (statement.kind === 'permission') return [statement.tag]
  if (statement.kind === 'withShadow') {
    return [statement.live, statement.proposed].flatMap(permissionsIn)
  }
  return 'parts' in statement ? statement.parts.flatMap(permissionsIn) : []
}

/** The statement as a reader would write it: `allOf(invoice:read, trustSet(payments))`. */
export function formatStatement(statement: EnforcedStatement): string {
  if (statement.kind === 'permission') return statement.tag
  if (statement.kind === 'trustSet') return `trustSet(${statement.name})`
  if (statement.kind === 'minimumAssurance') return `minimumAssurance(${statement.minimum})`
  if (statement.kind === 'when') return `when(${statement.name})`
  if (!('parts' in statement)) return statement.kind
  return `${statement.kind}(${statement.parts.map(formatStatement).join(', ')})`
}
