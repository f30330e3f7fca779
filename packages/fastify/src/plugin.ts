import { PeerGateError, authenticated, createRefusalAnswer } from '@peergate/core'
import type {
  Admission,
  ClientIdentity,
  Guard,
  PeerGate,
  RefusalAnswerOptions,
  Requirement,
} from '@peergate/core'
import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
  onRequestHookHandler,
} from 'fastify'
import fp from 'fastify-plugin'
import { createRouteGuards } from './route-guards.js'

export interface PeergateOptions extends RefusalAnswerOptions {
  readonly gate: PeerGate
  /** What the routes of this scope and its children need where they state nothing themselves. */
  readonly defaults?: Requirement
  /**
   * The requirements of routes that other plugins register, by method and URL:
   * `{ 'OPTIONS *': publicRoute, 'GET /static/*': 'files:read' }`. HEAD goes with GET.
   */
  readonly routes?: Readonly<Record<string, Requirement>>
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request; null on a public route whose peer has no identity. */
    readonly clientIdentity: ClientIdentity | null
  }
  interface FastifyContextConfig {
    /** What the route needs of its callers. A route that states nothing is closed. */
    permission?: Requirement
  }
  interface FastifyInstance {
    /** A hook that states and enforces the requirement of the one route that it is given to. */
    readonly requirePermission: (requirement: Requirement) => onRequestHookHandler
  }
}

/**
 * Gives every request of its scope a `clientIdentity` and every route a guard. Register it before
 * the routes, and await it.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, ERR_PEERGATE_ROUTE_TOO_EARLY, and, for the
 * requirements of routes, ERR_PEERGATE_PERMISSION_UNKNOWN and ERR_PEERGATE_GATE_FOREIGN
 *
 * @example
 * ```ts
 * await app.register(peergate, { gate })
 * app.get('/invoices/:id', { config: { permission: 'invoice:read' } }, readInvoice)
 * ```
 */
export const peergate: FastifyPluginAsync<PeergateOptions> = fp(
  async function peergate(fastify: FastifyInstance, options: PeergateOptions) {
    const { gate, defaults, routes, ...answering } = options
    const answer = createRefusalAnswer('peergate', gate, answering)
    const guards = createRouteGuards({ gate, defaults, routes })
    const guardUnmatched = gate.guard(authenticated)
    refuseEarlierRoutes(fastify)

    function enforce(guard: Guard, request: GuardedRequest, reply: FastifyReply, done: Done): void {
      const decision = guard(request[admissionKey])
      if (decision.allowed) done()
      else refuse(decision.error, request, reply, done)
    }

    function refuse(
      error: PeerGateError,
      request: FastifyRequest,
      reply: FastifyReply,
      done: Done,
    ): void {
      if (answer.forward) return done(error)
      request.log[error.statusCode === 500 ? 'error' : 'info']({ err: error }, error.message)
      const { statusCode, headers, body } = answer.problem(error)
      // As bytes, since Fastify would add a charset to the type of a text.
      reply.code(statusCode).headers(headers).send(Buffer.from(body))
    }

    fastify.decorateRequest('clientIdentity', null)
    fastify.decorateRequest(admissionKey, null)
    fastify.decorate('requirePermission', (requirement: Requirement) => {
      const guard = gate.guard(requirement)
      return guards.stateBy(guard, (request, reply, done) => {
        enforce(guard, request as GuardedRequest, reply, done)
      })
    })
    fastify.addHook('onRoute', guards.guardRoute)
    fastify.addHook('onReady', async () => guards.report())
    fastify.addHook('onRequest', (incoming, reply, done) => {
      const request = incoming as GuardedRequest
      const admission = gate.admit(request.raw)
      request[admissionKey] = admission
      request.clientIdentity = admission.identity
      const guard = request.is404 ? guardUnmatched : guards.guardOf(incoming)
      if (guard !== undefined) return enforce(guard, request, reply, done)
      const route = `${request.method} ${request.routeOptions.url}`
      const fault = `${route} states no requirement: give it config.permission, or name it in routes`
      refuse(new PeerGateError('ERR_PEERGATE_ROUTE_UNDECLARED', fault), request, reply, done)
    })
  },
  { name: '@peergate/fastify', fastify: '5.x' },
)

/**
 * The identity of whoever sent `request`.
 *
 * @throws {PeerGateError} why there is none; ERR_PEERGATE_MIDDLEWARE_MISSING where the plugin is not
 * registered for the route
 */
export function requireIdentity(request: FastifyRequest): ClientIdentity {
  const admission = (request as Partial<GuardedRequest>)[admissionKey]
  if (admission === undefined || admission === null) {
    const fault = 'requireIdentity was called on a request that the plugin did not see'
    throw new PeerGateError('ERR_PEERGATE_MIDDLEWARE_MISSING', fault)
  }
  if (admission.identity === null) throw admission.refusal
  return admission.identity
}

const admissionKey = Symbol('peergate.admission')

type Done = HookHandlerDoneFunction
type GuardedRequest = Omit<FastifyRequest, 'clientIdentity'> & {
  clientIdentity: ClientIdentity | null
  [admissionKey]: Admission
}

/** A route that stands already would be guarded at run time only, by being closed. */
function refuseEarlierRoutes(fastify: FastifyInstance): void {
  const isRoot = Object.hasOwn(fastify, 'listen')
  if (!isRoot || fastify.printRoutes().trim() === '(empty tree)') return
  const fault =
    'routes were declared before the plugin was loaded: await app.register(peergate, …) first'
  throw new PeerGateError('ERR_PEERGATE_ROUTE_TOO_EARLY', fault)
}
