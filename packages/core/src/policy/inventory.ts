import type { CompiledGrant } from './compile-grant.js'
import type { CompiledPolicy } from './compile-policy.js'
import type { DeclaredRoute, StatementOf } from './declared-route.js'
import { formatStatement, permissionsIn } from './statement.js'
import type { Statement } from './statement.js'

/** One route, what it needs, and who has it. */
export interface InventoryRoute {
  /** In upper case; `ALL` for a route of every method. */
  readonly method: string
  readonly path: string
  /** As a reader would write it: `allOf(invoice:read, trustSet(payments))`. */
  readonly requirement: string
  /** Every grant of a permission that the requirement names, in the order of the policy. */
  readonly identities: readonly InventoryIdentity[]
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

/** Routes × requirement × identities, ordered by path and method. */
export function takeInventory(
  routes: readonly DeclaredRoute[],
  statementOf: StatementOf,
  policy: CompiledPolicy,
): readonly InventoryRoute[] {
  const entries = routes.map((route) => listRoute(route, statementOf, policy))
  return Object.freeze(
    entries.toSorted(
      (one, other) => compare(one.path, other.path) || compare(one.method, other.method),
    ),
  )
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function listRoute(
  { method, path, requirements }: DeclaredRoute,
  statementOf: StatementOf,
  { grants }: CompiledPolicy,
): InventoryRoute {
  const statements = requirements.map(({ guard }) => statementOf(guard))
  const permissions = new Set(statements.flatMap(permissionsIn))
  return Object.freeze({
    method,
    path,
    requirement: formatStatements(statements),
    identities: Object.freeze(
      [...permissions].flatMap((permission) =>
        grants.flatMap((grant) => listGrant(grant, permission)),
      ),
    ),
  })
}

function formatStatements(statements: readonly Statement[]): string {
  const texts = statements.map(formatStatement)
  return texts.length === 1 ? String(texts[0]) : `allOf(${texts.join(', ')})`
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
