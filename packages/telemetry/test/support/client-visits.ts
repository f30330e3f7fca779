import type { RolloutMode } from '@peergate/core'
import type { ClientName, GatedService } from './gated-service.js'

const places = { open: '/open', read: '/invoices/1', write: '/invoices/1/edit' } as const

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
  ['nameless', 'read', denied],
  ['nobody', 'read', unaccepted],
  ['expired', 'read', unaccepted],
  ['foreign', 'read', unaccepted],
]

/** The statuses that differ from those of `mode`; none where everything is as it should be. */
export async function visitAll(
  { ask }: Pick<GatedService, 'ask'>,
  mode: RolloutMode,
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const [who, where, statuses] of visits) {
    const status = await ask(who, places[where])
    if (status !== statuses[mode]) wrong.push(`${who} ${where}: ${status}`)
  }
  return wrong
}
