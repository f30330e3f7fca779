import { PeerGateError } from '@peergate/core'
import type { Guard, Requirement } from '@peergate/core'

/** The option `routes`, made ready: the guards of routes that other plugins register. */
export interface DeclaredRoutes {
  readonly find: (method: string, url: string) => Guard | undefined
  /** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID if the option names this route */
  readonly refuseStated: (method: string, url: string) => void
  /** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID if a name was never looked for */
  readonly refuseUnused: () => void
}

export function createDeclaredRoutes(
  guardFor: (requirement: Requirement) => Guard,
  routes: Readonly<Record<string, Requirement>> = {},
): DeclaredRoutes {
  const guards = new Map(
    Object.entries(routes).map(([name, requirement]) => [name, guardFor(requirement)]),
  )
  const unused = new Set(guards.keys())
  return {
    find(method, url) {
      const names = method === 'HEAD' ? [`HEAD ${url}`, `GET ${url}`] : [`${method} ${url}`]
      const name = names.find((candidate) => guards.has(candidate))
      if (name === undefined) return undefined
      unused.delete(name)
      return guards.get(name)
    },
    refuseStated(method, url) {
      const name = `${method} ${url}`
      if (guards.has(name)) throw routesError(name, 'which states its requirement itself')
    },
    refuseUnused() {
      const [name] = unused
      if (name !== undefined) throw routesError(name, 'which nobody registered after the gate')
    },
  }
}

function routesError(name: string, fault: string): PeerGateError {
  const detail = `peergate: option "routes" names ${JSON.stringify(name)}, ${fault}`
  return new PeerGateError('ERR_PEERGATE_OPTION_INVALID', detail)
}
