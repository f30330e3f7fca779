import type { ClientIdentity } from '../../client-identity.js'
import { PeerGateError } from '../../errors.js'
import { optionError } from '../../options.js'
import { findUnfit } from './audit.js'
import type { AuditSubject, Finding } from './audit.js'
import type { CurrentPolicy } from '../current-policy.js'
import type { DeclaredRoute, RouteList } from './declared-route.js'
import { explainStatement } from './explain.js'
import type { Explanation } from './explain.js'
import type { Guard } from '../decision/guard.js'
import { takeInventory } from './inventory.js'
import type { InventoryRoute } from './inventory.js'
import type { Policy } from '../policy.js'
import type { Requirement } from '../requirement/requirement.js'
import {
  enforcedOf,
  permissionsIn,
  requirementForms,
  statementOf,
} from '../requirement/statement.js'
import type { Statement } from '../requirement/statement.js'

/** What a gate knows of its policy and its routes, for those who boot, review and operate it. */
export interface PolicyBook {
  /**
   * Puts another policy in force, as a whole. Decisions that have begun finish on the one before. Its
   * vocabulary is compared when this is called: it may have more permissions than the one before, and
   * must have all that a requirement names.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID or ERR_PEERGATE_PERMISSION_UNKNOWN where it does
   * not fit the gate or lacks a permission that a route needs, ERR_PEERGATE_AUDIT_FAILED as
   * `checkRoutes`; then the old policy stays in force.
   */
  readonly setPolicy: (policy: Policy) => void
  /**
   * Tells the gate of the routes of one application. For adapters, and for whoever guards routes by
   * hand. Tell it of every application of the gate before the first of them is checked: what a later
   * one needs is not known before.
   *
   * Gives a function that takes the routes back, for when the application is closed. Until then the
   * gate holds the list and whatever the list holds.
   */
  readonly declareRoutes: (list: RouteList) => () => void
  /** Every route that the gate was told of, what it needs and which grants give that. */
  readonly inventory: () => readonly InventoryRoute[]
  /** What does not fit together between routes and policy; none if all does. */
  readonly audit: () => readonly Finding[]
  /**
   * Reports the findings of `audit` as the option `findings` says, and warns of each of them once:
   * for adapters, when an application has all of its routes. From then on every new policy is checked
   * alike. It looks at all applications and at the time of the call: the boot of a later application
   * fails by a grant that has ended since, or by a route of another. Those that run go on, since
   * nothing is thrown but here and where a new policy is refused.
   *
   * @throws {PeerGateError} ERR_PEERGATE_AUDIT_FAILED, whose `detail` names every finding
   */
  readonly checkRoutes: () => void
  /**
   * Why an identity meets a requirement or does not: which grants were looked at, which matched, which
   * denied, and what would have to be added. `params` are the parameters of the route. Of
   * `withShadow(…)`, it is about what is demanded; ask for what is proposed by itself.
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
export interface GatePolicyBook extends PolicyBook {
  /** Gets the book to know a guard. */
  readonly remember: (guard: Guard, statement: Statement) => void
  /** The checks of `setPolicy`, and what puts the policy in force behind them. */
  readonly prepare: (policy: Policy) => () => void
}

export function createPolicyBook(
  current: CurrentPolicy,
  { findings, clock, authorize }: PolicyBookOptions,
): GatePolicyBook {
  const { keep, statementOfGuard } = createMemory()
  const { declare, listRoutes, isComplete } = createRouteLists()
  const report = createReport(findings)
  let isChecked = false

  function findUnfitWith(policy: AuditSubject['policy'], now = clock()): readonly Finding[] {
    return findUnfit({
      routes: listRoutes(),
      isComplete: isComplete(),
      statementOf: statementOfGuard,
      policy,
      hasAuthorizer: authorize !== undefined,
      now,
    })
  }

  function prepare(policy: Policy): () => void {
    const { compiled, commit } = current.prepare(policy)
    // As if no grant had ended: time alone must not keep a new denial out.
    const found = isChecked ? findUnfitWith(compiled, -Infinity) : []
    if (findings === 'error') report(found)
    return () => {
      commit()
      // Not before: a policy that another gate refuses is tried again and again.
      if (findings === 'warn') report(found)
    }
  }

  return {
    remember(guard, statement) {
      current.need(permissionsIn(statement))
      keep(guard, statement)
    },
    prepare,
    setPolicy: (policy) => prepare(policy)(),
    declareRoutes: declare,
    inventory: () => takeInventory(listRoutes(), statementOfGuard, current.compiled()),
    audit: () => findUnfitWith(current.compiled()),
    checkRoutes() {
      report(findUnfitWith(current.compiled()))
      isChecked = true
    },
    explain(identity, requirement, params) {
      const statement = statementOf(requirement)
      if (statement === undefined) throw optionError('explain', requirementForms)
      const subject = { identity, params, now: clock(), hasAuthorizer: authorize !== undefined }
      return explainStatement(enforcedOf(statement), current.compiled(), subject)
    },
  }
}

/** The routes of the applications that are there. */
function createRouteLists() {
  // One list may be declared twice, and is taken back once for each.
  const declared = new Set<{ readonly list: RouteList }>()
  const listAll = () => Array.from(declared, ({ list }) => list)
  return {
    declare: (list: RouteList): (() => void) => {
      const entry = { list }
      declared.add(entry)
      return () => void declared.delete(entry)
    },
    listRoutes: (): readonly DeclaredRoute[] => listAll().flatMap((list) => list.routes()),
    /** Without any list, all applications are closed, or none has begun. */
    isComplete: () => declared.size > 0 && listAll().every((list) => list.isComplete()),
  }
}

/** What the guards of this gate state. */
function createMemory() {
  const statements = new WeakMap<Guard, Statement>()
  return {
    keep: (guard: Guard, statement: Statement) => void statements.set(guard, statement),
    statementOfGuard: (guard: Guard): Statement => {
      const statement = statements.get(guard)
      if (statement !== undefined) return statement
      throw optionError('declareRoutes', 'a guard of a route was not made by this gate')
    },
  }
}

/** Reports findings; a warning is of those alone that were not found the last time. */
function createReport(findings: 'error' | 'warn'): (found: readonly Finding[]) => void {
  let known: ReadonlySet<string> = new Set()
  return (found) => {
    const details = found.map(({ detail }) => detail)
    if (findings === 'error' && details.length > 0) {
      throw new PeerGateError('ERR_PEERGATE_AUDIT_FAILED', details.join('; '))
    }
    const fresh = details.filter((detail) => !known.has(detail))
    known = new Set(details)
    if (fresh.length === 0) return
    process.emitWarning('the routes and the policy do not fit together', {
      type: 'PeergateWarning',
      code: 'ERR_PEERGATE_AUDIT_FAILED',
      detail: fresh.map((detail) => `- ${detail}`).join('\n'),
    })
  }
}
