import { when as whenRequest } from '@peergate/core'
import type { ClientIdentity, WhenRequirement } from '@peergate/core'
import type { FastifyRequest, RouteGenericInterface } from 'fastify'

/**
 * Any identity for which `predicate` gives exactly `true`, or a promise of it. The parameters, the query
 * and the headers of the request are there; its body is not read yet.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const isOwner = when<{ Params: { id: string } }>(async (identity, request) =>
 *   owns(identity.value, request.params.id),
 * )
 * app.get('/invoices/:id', { config: { permission: allOf('invoice:read', isOwner) } }, readInvoice)
 * ```
 */
export function when<Route extends RouteGenericInterface = RouteGenericInterface>(
  predicate: (
    identity: ClientIdentity,
    request: FastifyRequest<Route>,
  ) => boolean | Promise<boolean>,
): WhenRequirement {
  return whenRequest(predicate)
}
