import { when as whenRequest } from '@peergate/core'
import type { ClientIdentity, WhenRequirement } from '@peergate/core'
import type { IncomingMessage } from 'node:http'

/**
 * Any identity for which `predicate` gives exactly `true`, or a promise of it. Give its request the type
 * that your handlers have; the body is there if a parser stands before the requirement.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const isOwner = when(async (identity, req: Request<{ id: string }>) =>
 *   owns(identity.value, req.params.id),
 * )
 * app.get('/invoices/:id', requirePermission(gate, allOf('invoice:read', isOwner)), readInvoice)
 * ```
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the handler's, as its version types it
export function when<Request extends IncomingMessage = IncomingMessage>(
  predicate: (identity: ClientIdentity, request: Request) => boolean | Promise<boolean>,
): WhenRequirement {
  return whenRequest(predicate)
}
