import { isDeepStrictEqual } from 'node:util'
import type { CompiledGrant } from '../grant/compile-grant.js'
import type { CompiledPolicy } from '../compile-policy.js'
import type { DeclaredRoute, StatementOf } from './declared-route.js'
import { enforcedOf, formatStatement, permissionsIn, proposedBy } from '../requirement/statement.js'
import type { EnforcedStatement } from '../requirement/statement.js'

/** One route, what it needs, and who has it. */
export interface InventoryRoute {
  /** In upper case; `ALL` for a route of every method. */
  readonly method: string
  readonly path: string
  /** What else a request must have to come to the route: `{ version: '1.2.0' }`. */
  readonly constraints: Readonly<Record<string, string>>
  /**
   * As a reader would write it: `allOf(invoice:read, trustSet(payments))`; `closed` for a route that
   * states nothing, and lets nobody pass.
   */
  readonly requirement: string
  /** What it would be if what `withShadow(…)` proposes were in force; absent where nothing is proposed. */
  readonly shadow?: string
  /** The permissions that the requirement names. */
  readonly permissions: readonly string[]
  /** Every grant of a permission that the requirement names, in the order of the policy. */
  readonly identities: readonly InventoryIdentity[]
  /** The parts of an `anyOf` that name no permission, and are enough: `trustSet(payments)`. */
  readonly alternatives?: readonly string[]
}

/** What one grant says of one permission. */
export interface InventoryIdentity {
  readonly permission: string
  readonly effect: 'allow' | 'deny'
  /** The peers, as the policy writes them: a pattern, a fingerprint, or `any identity`. */
  readonly peers: string
  /** What the grant demands, in words: `the trust set "payments"`. */
  readonly conditions: readonly string[]
  /** `grants.3` */
  readonly place: string
}

/** Routes × requirement × identities, ordered by path and method; what is the same stands there once. */
export function takeInventory(
  routes: readonly DeclaredRoute[],
  statementOf: StatementOf,
  policy: CompiledPolicy,
): readonly InventoryRoute[] {
  const entries = new Map<string, InventoryRoute>()
  for (const route of routes) {
    const entry = listRoute(route, statementOf, policy)
    entries.set(JSON.stringify(entry), entry)
  }
  return Object.freeze([...entries.values()].toSorted(compareRoutes))
}

/** A route as a reader finds it: `GET /invoices (version 1.2.0)`. */
export function formatPlace({ method, path, constraints }: DeclaredRoute): string {
  return `${method} ${formatPath({ path, constraints: constraints ?? {} })}`
}

export function formatPath({
  path,
  constraints,
}: Pick<InventoryRoute, 'constraints' | 'path'>): string {
  const needs = Object.entries(constraints).map(([name, value]) => `${name} ${value}`)
  return needs.length === 0 ? path : `${path} (${needs.join(', ')})`
}

function compareRoutes(one: InventoryRoute, other: InventoryRoute): number {
  return (
    compare(one.path, other.path) ||
    compare(one.method, other.method) ||
    compare(formatPath(one), formatPath(other))
  )
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function listRoute(
  { method, path, constraints = {}, requirements }: DeclaredRoute,
  statementOf: StatementOf,
  { grants }: CompiledPolicy,
): InventoryRoute {
  const stated = requirements.map(({ guard }) => statementOf(guard))
  const statements = stated.map(enforcedOf)
  const proposed = stated.map((one) => proposedBy(one) ?? enforcedOf(one))
  const permissions = [...new Set(statements.flatMap(permissionsIn))]
  const alternatives = statements.flatMap(listAlternatives)
  const identities = permissions.flatMap((permission) =>
    grants.flatMap((grant) => listGrant(grant, permission)),
  )
  return Object.freeze({
    method,
    path,
    constraints: Object.freeze({ ...constraints }),
    requirement: formatStatements(statements),
    ...(stated.some((one) => proposedBy(one) !== null) && { shadow: formatStatements(proposed) }),
    permissions: Object.freeze(permissions),
    identities: Object.freeze(identities),
    ...(alternatives.length > 0 && { alternatives: Object.freeze(alternatives) }),
  })
}

function listAlternatives(statement: EnforcedStatement): readonly string[] {
  if (statement.kind !== 'anyOf' || permissionsIn(statement).length === 0) return []
  return statement.parts
    .filter((part) => permissionsIn(part).length === 0)
    .map((part) => formatStatement(part))
}

/** Whoever meets anything else meets `authenticated`, and whoever meets that meets `publicRoute`. */
function formatStatements(statements: readonly EnforcedStatement[]): string {
  const known = statements.filter(({ kind }) => kind !== 'publicRoute')
  const demanding = known.filter(({ kind }) => kind !== 'authenticated')
  const telling = [demanding, known].find(({ length }) => length > 0) ?? statements
  // Not by their texts: predicates may have one name.
  const different = telling.filter(
    (one, index) => telling.findIndex((other) => isDeepStrictEqual(one, other)) === index,
  )
  const [first = 'closed', ...others] = different.map(formatStatement)
  return others.length === 0 ? first : `allOf(${[first, ...others].join(', ')})`
}

function listGrant(
  { allowed, denied, name, conditions, place }: CompiledGrant,
  permission: string,
): readonly InventoryIdentity[] {
  return [
    ...(allowed.has(permission) ? (['allow'] as const) : []),
    ...(denied.has(permission) ? (['deny'] as const) : []),
  ].map((effect) =>
    Object.freeze({
      permission,
      effect,
      peers: name,
      conditions: Object.freeze(conditions.map(({ wording }) => wording)),
      place,
    }),
  )
}
