import { createRefusalAnswer } from '@peergate/core'
import type { ClientIdentity, PeerGate, RefusalAnswerOptions, Requirement } from '@peergate/core'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { askAll } from './ask-all.js'
import { declareWeakly } from './declare-weakly.js'
import { createEnforce } from './enforce.js'
import type { AnyRequest, RequirementHook } from './enforce.js'
import { refuseEarlierRoutes, refuseSecondGate } from './refuse-registration.js'
import {
  decisionOf,
  decorateRequests,
  rememberAdmission,
  rememberDecision,
} from './request-admission.js'
import { placeOf } from './place-of.js'
import { createRouteGuards } from './route-guards.js'
import { createRouteRequirements } from './route-requirements.js'

/** What {@link peergate} is told where it is registered. */
export interface PeergateOptions extends RefusalAnswerOptions {
  /** Made by `createPeerGate`; the one gate of the scope and its children. */
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
    readonly requirePermission: (requirement: Requirement) => RequirementHook
    /**
     * States what the routes of this scope and its children need where they state nothing themselves,
     * in the place of `defaults`. Call it before the routes.
     */
    readonly setDefaultRequirement: (requirement: Requirement) => void
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
    const enforce = createEnforce(createRefusalAnswer('peergate', gate, answering))
    const requirements = createRouteRequirements({ gate, defaults, routes })
    const guards = createRouteGuards(gate, requirements)
    refuseSecondGate(fastify)
    refuseEarlierRoutes(fastify)

    decorateRequests(fastify)
    fastify.decorate('requirePermission', (requirement: Requirement) => {
      const guard = requirements.guardFor(requirement)
      const ask = (request: AnyRequest) =>
        decisionOf(request, guard) ??
        guard(gate.admit(request.raw), request, request.params, placeOf)
      return requirements.stateBy(guard, enforce(ask))
    })
    fastify.decorate('setDefaultRequirement', function (requirement: Requirement) {
      requirements.setDefault(this, requirement)
    })
    const takeBack = declareWeakly(gate, guards)
    fastify.addHook('onRoute', function (route) {
      guards.guardRoute(this, route)
    })
    fastify.addHook('onReady', async () => {
      guards.complete()
      requirements.refuseUnused()
      gate.checkRoutes()
    })
    fastify.addHook('onClose', async () => takeBack())

    const enforceRoute = enforce((request) => {
      const admission = gate.admit(request.raw)
      const known = rememberAdmission(request, admission)
      return askAll(guards.guardsOf(request), (guard) => {
        const decision = guard(admission, request, request.params, placeOf)
        rememberDecision(known, guard, decision)
        return decision
      })
    })
    function wasAsked(request: AnyRequest): boolean {
      return guards.guardsOf(request).every((guard) => decisionOf(request, guard) !== null)
    }
    fastify.addHook('onRequest', enforceRoute)
    fastify.addHook('preHandler', (request, reply, done) => {
      // reply.callNotFound() takes a request from its own route to the not-found handler.
      const isMoved = request.is404 && !wasAsked(request)
      if (isMoved) enforceRoute(request, reply, done)
      else done()
    })
  },
  { name: '@peergate/fastify', fastify: '5.x' },
)
