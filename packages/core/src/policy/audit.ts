import { quote } from '../identity-value/quote.js'
import type { CompiledGrant } from './compile-grant.js'
import type { CompiledPolicy } from './compile-policy.js'
import type { DeclaredRoute, RouteRequirement, StatementOf } from './declared-route.js'
import { formatPlace } from './inventory.js'
import { permissionsIn } from './statement.js'

/** What does not fit together between the routes of a gate and its policy. */
export interface Finding {
  /**
   * `permission-unneeded`: no route names the permission. `permission-unheld`: no grant that is in
   * force now or later gives it. `parameter-missing`: a grant demands a parameter that the requirement
   * is not given where it stands, so that there it gives nothing, and denies whatever it denies.
   */
  readonly rule: 'permission-unneeded' | 'permission-unheld' | 'parameter-missing'
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

export function findUnfit(subject: AuditSubject): readonly Finding[] {
  return [...findUnneeded(subject), ...findUnheld(subject), ...findMissingParameters(subject)]
}

function* findUnneeded({
  routes,
  isComplete,
  statementOf,
  policy,
}: AuditSubject): Generator<Finding> {
  if (!isComplete) return
  const guards = routes.flatMap(({ requirements }) => requirements.map(({ guard }) => guard))
  const needed = new Set(guards.flatMap((guard) => permissionsIn(statementOf(guard))))
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

function* findMissingParameters(subject: AuditSubject): Generator<Finding> {
  const demanding = subject.policy.grants.filter(({ parameters }) => parameters.length > 0)
  const details = subject.routes.flatMap((route) =>
    route.requirements.flatMap((requirement) =>
      demanding.flatMap((grant) => {
        const missing = findMissing(grant, requirement, subject)
        if (missing === undefined) return []
        return `${grant.place} demands the parameter ${quote(missing)}, which ${formatPlace(route)} does not give to its requirement`
      }),
    ),
  )
  for (const detail of new Set(details)) yield { rule: 'parameter-missing', detail }
}

/** The parameter that a grant of what is required demands in vain; undefined if there is none. */
function findMissing(
  { allowed, denied, parameters: demanded }: CompiledGrant,
  { guard, parameters }: RouteRequirement,
  { statementOf }: AuditSubject,
): string | undefined {
  const isNamed = (permission: string) => allowed.has(permission) || denied.has(permission)
  if (!permissionsIn(statementOf(guard)).some(isNamed)) return undefined
  return demanded.find((name) => !parameters.includes(name))
}
