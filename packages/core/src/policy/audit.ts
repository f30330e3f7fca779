import { quote } from '../identity-value/quote.js'
import type { CompiledGrant } from './compile-grant.js'
import type { CompiledPolicy } from './compile-policy.js'
import type { DeclaredRoute, StatementOf } from './declared-route.js'
import { permissionsIn } from './statement.js'

/** What does not fit together between the routes of a gate and its policy. */
export interface Finding {
  /**
   * `permission-unneeded`: no route names the permission. `permission-unheld`: no grant that is in
   * force now or later gives it. `parameter-missing`: a grant demands a parameter that the route does
   * not have, so that it gives nothing there.
   */
  readonly rule: 'permission-unneeded' | 'permission-unheld' | 'parameter-missing'
  /** What was found, and what to do. */
  readonly detail: string
}

/** What a gate is audited by. */
export interface AuditSubject {
  readonly routes: readonly DeclaredRoute[]
  readonly statementOf: StatementOf
  readonly policy: CompiledPolicy
  /** Whether an external engine decides, so that nobody here knows who holds what. */
  readonly hasAuthorizer: boolean
  /** In epoch milliseconds. */
  readonly now: number
}

export function findUnfit(subject: AuditSubject): readonly Finding[] {
  return [...findUnneeded(subject), ...findUnheld(subject), ...findMissingParameters(subject)]
}

function* findUnneeded({ routes, statementOf, policy }: AuditSubject): Generator<Finding> {
  const needed = new Set(
    routes.flatMap(({ requirements }) =>
      requirements.flatMap(({ guard }) => permissionsIn(statementOf(guard))),
    ),
  )
  for (const permission of policy.content.permissions) {
    if (needed.has(permission)) continue
    const detail = `no route needs ${quote(permission)}: take it out of the vocabulary, or name it`
    yield { rule: 'permission-unneeded', detail }
  }
}

function* findUnheld({ policy, hasAuthorizer, now }: AuditSubject): Generator<Finding> {
  if (hasAuthorizer) return
  const held = new Set(
    policy.grants
      .filter((grant) => !isOver(grant, now))
      .flatMap(({ allowed }) => Array.from(allowed)),
  )
  for (const permission of policy.content.permissions) {
    if (held.has(permission)) continue
    const detail = `nobody holds ${quote(permission)}: no grant that has not ended gives it`
    yield { rule: 'permission-unheld', detail }
  }
}

/** A clock that tells no time ends nothing: this is about what to warn of, and not about a request. */
function isOver({ ends }: CompiledGrant, now: number): boolean {
  return ends < now
}

function* findMissingParameters({ routes, statementOf, policy }: AuditSubject): Generator<Finding> {
  for (const { method, path, requirements } of routes) {
    for (const { guard, parameters } of requirements) {
      const permissions = permissionsIn(statementOf(guard))
      for (const { place, allowed, denied, parameters: demanded } of policy.grants) {
        if (!permissions.some((permission) => allowed.has(permission) || denied.has(permission)))
          continue
        const missing = demanded.find((name) => !parameters.includes(name))
        if (missing === undefined) continue
        const detail = `${place} demands the parameter ${quote(missing)}, which ${method} ${path} does not give to its requirement`
        yield { rule: 'parameter-missing', detail }
      }
    }
  }
}
