import { quote } from '../../identity-value/quote.js'
import type { CompiledGrant } from '../grant/compile-grant.js'
import type { CompiledPolicy } from '../compile-policy.js'
import type { DeclaredRoute, StatementOf } from './declared-route.js'
import { formatPlace } from './inventory.js'
import { permissionsIn } from '../requirement/statement.js'

/** What does not fit together between the routes of a gate and its policy. */
export interface Finding {
  /**
   * `permission-unneeded`: no route names the permission. `permission-unheld`: no grant that is in
   * force now or later gives it. `parameter-missing`: a grant demands a parameter that the requirement
   * is not given where it stands, so that there it gives nothing, and denies whatever it denies.
   * `more-findings`: how many there are behind the first hundred.
   */
  readonly rule: 'permission-unneeded' | 'permission-unheld' | 'parameter-missing' | 'more-findings'
  /** What was found, and what to do. */
  readonly detail: string
}

/** What a gate is audited by. */
export interface AuditSubject {
  readonly routes: readonly DeclaredRoute[]
  /** Whether no more routes are to come. */
  readonly isComplete: boolean
  readonly statementOf: StatementOf
  readonly policy: CompiledPolicy
  /** Whether an external engine decides, so that nobody here knows who holds what. */
  readonly hasAuthorizer: boolean
  /** In epoch milliseconds. */
  readonly now: number
}

/** Nobody reads more, and a text of all of them could have no end. */
const mostFindings = 100

/** The findings, of which the last says how many more there are than are told. */
export function findUnfit(subject: AuditSubject): readonly Finding[] {
  const needs = needsOf(subject)
  const findings = [
    ...findUnneeded(subject, needs),
    ...findUnheld(subject),
    ...findMissingParameters(subject, needs),
  ]
  const [told, rest] = [findings.slice(0, mostFindings), findings.slice(mostFindings)]
  if (rest.length === 0) return told
  return [...told, { rule: 'more-findings', detail: `and ${rest.length} more findings` }]
}

/** A requirement where it stands, and what it needs. */
interface Need {
  readonly place: string
  readonly given: ReadonlySet<string>
  readonly permissions: readonly string[]
}

function needsOf({ routes, statementOf }: AuditSubject): readonly Need[] {
  return routes.flatMap((route) => {
    const place = formatPlace(route)
    return route.requirements.map(({ guard, parameters }) => ({
      place,
      given: new Set(parameters),
      permissions: permissionsIn(statementOf(guard)),
    }))
  })
}

function* findUnneeded(
  { isComplete, policy }: AuditSubject,
  needs: readonly Need[],
): Generator<Finding> {
  if (!isComplete) return
  const needed = new Set(needs.flatMap(({ permissions }) => permissions))
  for (const permission of policy.content.permissions) {
    if (needed.has(permission)) continue
    const detail = `no route needs ${quote(permission)}: take it out of the vocabulary, or name it`
    yield { rule: 'permission-unneeded', detail }
  }
}

function* findUnheld({ policy, hasAuthorizer, now }: AuditSubject): Generator<Finding> {
  if (hasAuthorizer) return
  const lasting = policy.grants.filter((grant) => !isOver(grant, now))
  const held = new Set(lasting.flatMap(({ allowed }) => Array.from(allowed)))
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

/** One for a parameter of a route, however many grants demand it. */
function* findMissingParameters(
  { policy }: AuditSubject,
  needs: readonly Need[],
): Generator<Finding> {
  const demands = indexDemands(policy.grants)
  const found = new Set<string>()
  for (const { place, given, permissions } of needs) {
    for (const permission of permissions) {
      for (const [parameter, grants] of demands.get(permission) ?? []) {
        const key = JSON.stringify([place, parameter])
        if (given.has(parameter) || found.has(key)) continue
        found.add(key)
        const detail = `${describeGrants(grants, permission)} the parameter ${quote(parameter)}, which ${place} does not give to its requirement`
        yield { rule: 'parameter-missing', detail }
      }
    }
  }
}

/** The grants that demand a parameter for a permission. */
interface DemandingGrants {
  readonly first: string
  count: number
}

type Demands = ReadonlyMap<string, ReadonlyMap<string, DemandingGrants>>

/** By permission and parameter, so that routes do not go through all grants. */
function indexDemands(grants: readonly CompiledGrant[]): Demands {
  const demands = new Map<string, Map<string, DemandingGrants>>()
  for (const { place, allowed, denied, parameters } of grants) {
    if (parameters.length === 0) continue
    for (const permission of new Set([...allowed, ...denied])) {
      const ofPermission = demands.get(permission) ?? new Map<string, DemandingGrants>()
      demands.set(permission, ofPermission)
      for (const parameter of parameters) {
        const known = ofPermission.get(parameter)
        if (known === undefined) ofPermission.set(parameter, { first: place, count: 1 })
        else known.count += 1
      }
    }
  }
  return demands
}

function describeGrants({ first, count }: DemandingGrants, permission: string): string {
  if (count === 1) return `${first} demands`
  return `${first} and ${count - 1} more grants of ${quote(permission)} demand`
}
