import type { ClientIdentity, IdentityKind } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { optionError } from '../options.js'
import { findUnfit } from './audit.js'
import type { AuditSubject, Finding } from './audit.js'
import type { CurrentPolicy } from './current-policy.js'
import type { DeclaredRoute } from './declared-route.js'
import { explainStatement } from './explain.js'
import type { Explanation } from './explain.js'
import type { Guard } from './guard.js'
import { takeInventory } from './inventory.js'
import type { InventoryRoute } from './inventory.js'
import type { Policy } from './policy.js'
import type { Requirement } from './requirement.js'
import { permissionsIn, requirementForms, statementOf } from './statement.js'
import type { Statement } from './statement.js'

/** What a gate knows of its policy and its routes, for those who boot, review and operate it. */
export interface PolicyBook<in Permission extends string = never> {
  /**
   * Puts another policy in force, as a whole. Decisions that have begun finish on the one before.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID or ERR_PEERGATE_PERMISSION_UNKNOWN where it does
   * not fit the gate or lacks a permission that a route needs, ERR_PEERGATE_AUDIT_FAILED as
   * `checkRoutes`; then the old policy stays in force.
   */
  readonly setPolicy: (policy: Policy<IdentityKind, Permission>) => void
  /**
   * Tells the gate of routes. For adapters, and for whoever guards routes by hand. `list` is called
   * whenever they are asked for.
   */
  readonly declareRoutes: (list: () => readonly DeclaredRoute[]) => void
  /** Every route that the gate was told of, what it needs and which grants give that. */
  readonly inventory: () => readonly InventoryRoute[]
  /** What does not fit together between routes and policy; none if all does. */
  readonly audit: () => readonly Finding[]
  /**
   * Reports the findings of `audit`, as the option `findings` says: for adapters, at boot.
   *
   * @throws {PeerGateError} ERR_PEERGATE_AUDIT_FAILED, whose `detail` names every finding
   */
  readonly checkRoutes: () => void
  /**
   * Why an identity meets a requirement or does not: which grants were looked at, which matched, which
   * denied, and what would have to be added. `params` are the parameters of the route.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for what is no requirement,
   * ERR_PEERGATE_PERMISSION_UNKNOWN for a tag outside the vocabulary
   *
   * @example
   * ```ts
   * console.log(gate.explain(gate.identify(request), 'invoice:write').text)
   * ```
   */
  readonly explain: (
    identity: ClientIdentity,
    requirement: Requirement,
    params?: unknown,
  ) => Explanation
}

/** What the book needs of the options of its gate. */
export interface PolicyBookOptions {
  readonly findings: 'error' | 'warn'
  readonly clock: () => number
  readonly authorize?: unknown
}

/** The book, and what only its gate does with it. */
export interface GatePolicyBook<in Permission extends string> extends PolicyBook<Permission> {
  /** Gets the book to know a guard. */
  readonly remember: (guard: Guard, statement: Statement) => void
  /** The checks of `setPolicy`, and what puts the policy in force behind them. */
  readonly prepare: (policy: Policy) => () => void
}

export function createPolicyBook<Permission extends string>(
  current: CurrentPolicy,
  { findings, clock, authorize }: PolicyBookOptions,
): GatePolicyBook<Permission> {
  const statements = new WeakMap<Guard, Statement>()
  const lists: (() => readonly DeclaredRoute[])[] = []
  let isChecked = false

  function listRoutes(): readonly DeclaredRoute[] {
    return lists.flatMap((list) => list())
  }

  function statementOfGuard(guard: Guard): Statement {
    const statement = statements.get(guard)
    if (statement !== undefined) return statement
    throw optionError('declareRoutes', 'a guard of a route was not made by this gate')
  }

  function subjectBy(policy: AuditSubject['policy']): AuditSubject {
    const [routes, now, hasAuthorizer] = [listRoutes(), clock(), authorize !== undefined]
    return { routes, statementOf: statementOfGuard, policy, now, hasAuthorizer }
  }

  function prepare(policy: Policy): () => void {
    const { compiled, commit } = current.prepare(policy)
    const found = isChecked ? findUnfit(subjectBy(compiled)) : []
    if (findings === 'error') report(found, findings)
    return () => {
      commit()
      // Not before: a policy that another gate refuses is tried again and again.
      if (findings === 'warn') report(found, findings)
    }
  }

  return {
    remember(guard, statement) {
      statements.set(guard, statement)
      current.need(permissionsIn(statement))
    },
    prepare,
    setPolicy: (policy) => prepare(policy)(),
    declareRoutes: (list) => void lists.push(list),
    inventory: () => takeInventory(listRoutes(), statementOfGuard, current.compiled()),
    audit: () => findUnfit(subjectBy(current.compiled())),
    checkRoutes() {
      report(findUnfit(subjectBy(current.compiled())), findings)
      isChecked = true
    },
    explain(identity, requirement, params) {
      const statement = statementOf(requirement)
      if (statement === undefined) throw optionError('explain', requirementForms)
      return explainStatement(statement, current.compiled(), {
        identity,
        params,
        now: clock(),
        hasAuthorizer: authorize !== undefined,
      })
    },
  }
}

function report(found: readonly Finding[], findings: 'error' | 'warn'): void {
  if (found.length === 0) return
  const error = new PeerGateError(
    'ERR_PEERGATE_AUDIT_FAILED',
    found.map(({ detail }) => detail).join('; '),
  )
  if (findings === 'error') throw error
  const detail = found.map((finding) => `- ${finding.detail}`).join('\n')
  const warning = 'the routes and the policy do not fit together'
  process.emitWarning(warning, { type: 'PeergateWarning', code: error.code, detail })
}
