import { PeerGateError } from '@peergate/core'
import type { FastifyInstance } from 'fastify'

/** Two gates would judge by one identity and answer for the requirements of the other. */
export function refuseSecondGate(fastify: FastifyInstance): void {
  if (!fastify.hasRequestDecorator('clientIdentity')) return
  const fault =
    'peergate: request.clientIdentity is taken: one gate guards a scope and its children'
  throw new PeerGateError('ERR_PEERGATE_OPTION_INVALID', fault)
}

/**
 * A route that stands already was never seen, and would be closed. The router is one for all scopes,
 * so that only in the root instance its routes are certainly of the scope.
 */
export function refuseEarlierRoutes(fastify: FastifyInstance): void {
  const isRoot = Object.getPrototypeOf(fastify) === Object.prototype
  if (!isRoot || fastify.printRoutes().trim() === '(empty tree)') return
  const fault =
    'routes were declared before the plugin was loaded: await app.register(peergate, …) first'
  throw new PeerGateError('ERR_PEERGATE_ROUTE_TOO_EARLY', fault)
}
