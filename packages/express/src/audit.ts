import { PeerGateError } from '@peergate/core'
import { covers, isRouter, pathsOf, routerOf } from './layer.js'
import type { HandlerLike, LayerLike, RouteLike, RouterLike } from './layer.js'
import type { AppLike } from './middleware.js'
import { roleOf } from './role.js'

/**
 * Checks that every route of `app` states a requirement behind `clientIdentity`, and that nothing
 * which cannot be seen into is left undeclared. `clientIdentity` finds the same at the first request;
 * this moves it to boot.
 *
 * @throws {PeerGateError} ERR_PEERGATE_ROUTE_UNDECLARED, whose `detail` names every finding
 */
export function auditRoutes(app: AppLike): void {
  const fault = auditOf(app)
  if (fault !== null) throw fault
}

/**
 * What is wrong with the routes of `app`; null if nothing is. An audit that passed is repeated only
 * when a router has grown since. A finding is a process warning too, since no client is told of it.
 */
export function auditOf(app: AppLike): PeerGateError | null {
  if (passedStacks.get(app)?.every(isUnchanged) === true) return null
  const { findings, stacks } = inspect(app)
  if (findings.length === 0) {
    passedStacks.set(app, stacks)
    return null
  }
  passedStacks.delete(app)
  const error = new PeerGateError('ERR_PEERGATE_ROUTE_UNDECLARED', findings.join('; '))
  if (warnings.get(app) !== error.detail) {
    process.emitWarning(error.detail, { type: 'PeergateWarning', code: error.code })
    warnings.set(app, error.detail)
  }
  return error
}

const passedStacks = new WeakMap<AppLike, readonly AuditedStack[]>()
const warnings = new WeakMap<AppLike, string>()

interface AuditedStack {
  readonly stack: readonly unknown[]
  readonly length: number
}

function isUnchanged({ stack, length }: AuditedStack): boolean {
  return stack.length === length
}

/** What certainly happened to a request before it reaches a layer. */
interface Reach {
  readonly identified: boolean
  readonly required: boolean
}

interface Inspection {
  readonly findings: string[]
  readonly stacks: AuditedStack[]
}

function inspect(app: AppLike): Inspection {
  const inspection: Inspection = { findings: [], stacks: [] }
  const router = routerOf(app)
  inspectRouter(router, '', { identified: false, required: false }, inspection)
  const last = router.stack.findLastIndex(mayAnswer)
  const end = router.stack.findLastIndex(({ handle }) => roleOf(handle) === 'unmatched')
  if (end < last) inspection.findings.push('denyUnmatched(gate) is not mounted last')
  return inspection
}

function mayAnswer({ handle, route }: LayerLike): boolean {
  if (route !== undefined) return true
  const role = roleOf(handle)
  return role === 'declared' || (role === undefined && handle.length < 4 && !isOwn(handle))
}

function inspectRouter(
  router: RouterLike,
  place: string,
  outer: Reach,
  inspection: Inspection,
): void {
  inspection.stacks.push({ stack: router.stack, length: router.stack.length })
  const passed: Record<'identity' | 'requirement', (string | null)[]> = {
    identity: [],
    requirement: [],
  }
  for (const layer of router.stack) {
    const paths = pathsOf(layer)
    const reach = {
      identified: outer.identified || passed.identity.some((path) => covers(path, paths)),
      required: outer.required || passed.requirement.some((path) => covers(path, paths)),
    }
    const name = `${place}${paths.map((path) => path ?? '(a pattern)').join(', ')}`
    const role = roleOf(layer.handle)
    if (role === 'identity' || role === 'requirement') passed[role].push(...paths)
    else if (layer.route !== undefined)
      inspectRoute(router, layer.route, name, reach, inspection.findings)
    else if (role === 'declared') refuseUnidentified(`use ${name}`, reach, inspection.findings)
    else if (role === undefined) inspectUse(layer.handle, name, reach, inspection)
  }
}

function inspectRoute(
  { params = {} }: RouterLike,
  route: RouteLike,
  name: string,
  reach: Reach,
  findings: string[],
): void {
  refuseUnidentified(`route ${name}`, reach, findings)
  if (reach.required) return
  const stating = new Set<string | undefined>()
  for (const { handle, method } of route.stack) {
    if (roleOf(handle) === 'requirement') stating.add(method)
    else if (handle.length < 4 && !stating.has(undefined) && !stating.has(method)) {
      const verb = method?.toUpperCase() ?? 'ALL'
      findings.push(`${verb} ${name} has a handler before any requirement`)
    }
  }
  // Express calls the callbacks of a router's parameters before the handlers of its routes.
  for (const param of Object.keys(params).filter((key) => name.includes(`:${key}`))) {
    findings.push(`the callback of :${param} runs before the requirement of ${name}`)
  }
}

function inspectUse(handle: HandlerLike, name: string, reach: Reach, inspection: Inspection): void {
  const { findings } = inspection
  if (isRouter(handle)) inspectRouter(handle, name === '/' ? '' : name, reach, inspection)
  else if (handle.length < 4 && !isOwn(handle)) {
    const found = `use ${name} (${handle.name || 'anonymous'})`
    refuseUnidentified(found, reach, findings)
    if (!reach.required) {
      findings.push(
        `${found} cannot be seen into: declareRoutes(handler, requirement), or passThrough`,
      )
    }
  }
}

function refuseUnidentified(found: string, { identified }: Reach, findings: string[]): void {
  if (!identified) findings.push(`${found} stands before clientIdentity(gate)`)
}

/** Express's own middleware, which never answers: its set-up in version 4, and the body parsers. */
const own: ReadonlySet<string> = new Set([
  'query',
  'expressInit',
  'jsonParser',
  'urlencodedParser',
  'textParser',
  'rawParser',
])

function isOwn({ name }: HandlerLike): boolean {
  return own.has(name)
}
