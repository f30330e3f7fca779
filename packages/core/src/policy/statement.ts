import type { Assurance } from '../evidence.js'
import type { Decide } from './decision.js'

/** What a requirement asks for, as our own code reads it. */
export type Statement = IdentityStatement | { readonly kind: 'publicRoute' }

/** What can be asked of an identity. */
export type IdentityStatement = SingleStatement | AllOfStatement

export type SingleStatement =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'trustSet'; readonly name: string }
  | { readonly kind: 'minimumAssurance'; readonly minimum: Assurance }
  | PermissionStatement

export interface PermissionStatement {
  readonly kind: 'permission'
  readonly tag: string
  /** What decides on it, which is the own of the gate that made it; null for a bare tag. */
  readonly decide: Decide | null
}

/** One within another says no more than its parts, so that there are none. */
interface AllOfStatement {
  readonly kind: 'allOf'
  readonly parts: readonly SingleStatement[]
}

/** A requirement that states `statement` and shows `shown`; frozen. */
export function makeRequirement(shown: object, statement: Statement): object {
  statements.set(shown, statement)
  return Object.freeze(shown)
}

/** What `requirement` states; undefined for what is none, copies and look-alikes included. */
export function statementOf(requirement: unknown): Statement | undefined {
  if (typeof requirement !== 'string') return statements.get(requirement as object)
  return { kind: 'permission', tag: requirement, decide: null }
}

/** What a requirement can be, in words that follow its name. */
export const requirementForms =
  'must be a permission, gate.permission(…), trustSet(…), minimumAssurance(…), allOf(…), authenticated or publicRoute'

/** By the requirement itself, so that nobody can make one by hand. */
const statements = new WeakMap<object, Statement>()
