import type { LedgerEntry, LedgerRefusal } from './ledger-export.js'
import { cutText } from './ledger-sighting.js'
import type { Sighting } from './ledger-sighting.js'

/** How often a peer failed, in which ways and on which routes. */
export interface LedgerTally {
  readonly note: (sighting: Sighting, now: number) => void
  readonly describe: () => Pick<
    LedgerEntry,
    'connections' | 'otherRefusals' | 'otherRoutes' | 'refusals' | 'requests' | 'routes'
  >
}

const most = 20

export function createLedgerTally(): LedgerTally {
  let connections = 0
  let requests = 0
  let otherRefusals = 0
  let otherRoutes = 0
  const refusals = new Map<string, LedgerRefusal>()
  const routes = new Map<string, number>()

  function noteRefusal({ stage, code, isEnforced }: Sighting, last: number): void {
    const name = `${stage} ${code}`
    const known = refusals.get(name)
    if (known === undefined && refusals.size === most) otherRefusals += 1
    else refusals.set(name, { stage, code, count: (known?.count ?? 0) + 1, last, isEnforced })
  }

  function noteRoute(route: string): void {
    const known = routes.get(route)
    if (known === undefined && routes.size === most) otherRoutes += 1
    else routes.set(route, (known ?? 0) + 1)
  }

  return {
    note(sighting, now) {
      if (sighting.isConnection) connections += 1
      else requests += 1
      noteRefusal(sighting, now)
      if (sighting.route !== null) noteRoute(cutText(sighting.route))
    },
    describe: () => ({
      connections,
      requests,
      refusals: [...refusals.values()],
      otherRefusals,
      routes: Array.from(routes, ([route, count]) => ({ route, count })),
      otherRoutes,
    }),
  }
}
