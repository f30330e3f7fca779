import type { RolloutMode } from '@peergate/core'
import type { Test } from 'tap'
import type { ClientName, GatedService } from './gated-service.js'

const places = {
  open: '/open',
  closing: '/closing',
  read: '/invoices/1',
  write: '/invoices/1/edit',
} as const

type Status = number | 'cut off'
type Visit = readonly [
  who: ClientName,
  where: keyof typeof places,
  statuses: Readonly<Record<RolloutMode, Status>>,
]

const everywhere = (status: Status) => ({ observe: status, enforce: status, strict: status })
const unaccepted = { observe: 200, enforce: 401, strict: 'cut off' } as const
const denied = { observe: 200, enforce: 403, strict: 403 } as const

/** One visit to a service for each thing that can become of one, with its status in each mode. */
const visits: readonly Visit[] = [
  ['reader', 'open', everywhere(200)],
  ['reader', 'read', everywhere(200)],
  ['reader', 'write', denied],
  ['nameless', 'open', everywhere(200)],
  ['nameless', 'closing', everywhere(200)],
  ['nameless', 'read', denied],
  ['nobody', 'read', unaccepted],
  ['expired', 'read', unaccepted],
  ['foreign', 'read', unaccepted],
]

/** Lets every client visit a service of `mode`, and holds what it is answered against the table. */
export async function visitAll(
  t: Test,
  { ask }: Pick<GatedService, 'ask'>,
  mode: RolloutMode,
): Promise<void> {
  for (const [who, where, statuses] of visits) {
    t.equal(await ask(who, places[where]), statuses[mode], `${who}: ${where}`)
  }
}

/**
 * What {@link visitAll} counts as in a gate of the name and mode `mode`, layer by layer: each series
 * without its gate and mode.
 */
export function expectedCounts(mode: RolloutMode): Readonly<Record<string, number>> {
  const refused = String(mode === 'strict')
  const enforced = String(mode !== 'observe')
  const unacceptedRequests =
    mode === 'strict'
      ? {}
      : {
          [`identities_rejected tls ERR_PEERGATE_CERTIFICATE_EXPIRED live ${enforced}`]: 1,
          [`identities_rejected tls ERR_PEERGATE_CERTIFICATE_MISSING live ${enforced}`]: 1,
          [`identities_rejected tls ERR_PEERGATE_CERTIFICATE_UNTRUSTED live ${enforced}`]: 1,
        }
  return {
    'connections_accepted batch': 0,
    'connections_accepted payments': 6,
    [`handshakes_refused ERR_PEERGATE_CERTIFICATE_EXPIRED ${refused}`]: 1,
    [`handshakes_refused ERR_PEERGATE_CERTIFICATE_MISSING ${refused}`]: 1,
    [`handshakes_refused ERR_PEERGATE_CERTIFICATE_UNTRUSTED ${refused}`]: 1,
    'requests accepted': 3,
    'requests absent': 2,
    'requests rejected': mode === 'strict' ? 1 : 4,
    [`identities_rejected identity ERR_PEERGATE_IDENTITY_MISSING live ${enforced}`]: 1,
    'identities_rejected identity ERR_PEERGATE_IDENTITY_MISSING shadow false': 1,
    ...unacceptedRequests,
    'permissions_allowed publicRoute GET /open': 2,
    'permissions_allowed publicRoute GET /closing': 1,
    'permissions_allowed invoice:read GET /invoices/:id': 1,
    [`permissions_denied invoice:write GET /invoices/:id/edit ERR_PEERGATE_PERMISSION_DENIED live ${enforced}`]: 1,
    'reloads tls done': 0,
    'reloads tls failed': 0,
  }
}
