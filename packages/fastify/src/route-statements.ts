import type { Guard, Requirement } from '@peergate/core'
import type { FastifyContextConfig, RouteOptions } from 'fastify'

/** What routes state, kept on their config: the one part of their options that a request leads to. */
export interface RouteStatements {
  /** Keeps the guards of each method of a route. */
  readonly keep: (route: RouteOptions, guards: ReadonlyMap<string, readonly Guard[]>) => void
  /** What the route with this config stated, and what its hooks state that it has got since then. */
  readonly recall: (config: FastifyContextConfig, method: string) => readonly Guard[]
  /** The same for requests, which come when no hook of a route can change any more. */
  readonly recallServed: (config: FastifyContextConfig, method: string) => readonly Guard[]
}

interface Statement {
  readonly route: RouteOptions
  readonly permission: Requirement | undefined
  readonly guards: ReadonlyMap<string, readonly Guard[]>
  readonly served: Map<string, readonly Guard[]>
}

export function createRouteStatements(
  findInHooks: (route: RouteOptions) => readonly Guard[],
): RouteStatements {
  // Of this registration alone: what another gate compiled is no statement to this one.
  const statementKey = Symbol('peergate.statement')

  function find(config: FastifyContextConfig): Statement | undefined {
    const { [statementKey]: statement } = config as { readonly [statementKey]?: Statement }
    // A permission that a later onRoute hook put here was never compiled.
    return statement?.permission === config.permission ? statement : undefined
  }

  function recall(config: FastifyContextConfig, method: string): readonly Guard[] {
    const statement = find(config)
    const stated = statement?.guards.get(method) ?? []
    if (statement === undefined || stated.length === 0) return []
    return [...new Set([...stated, ...findInHooks(statement.route)])]
  }

  return {
    keep(route, guards) {
      const permission = route.config?.permission
      const statement: Statement = { route, permission, guards, served: new Map() }
      route.config = Object.assign({ ...route.config }, { [statementKey]: statement })
    },
    recall,
    recallServed(config, method) {
      const served = find(config)?.served
      const guards = served?.get(method) ?? recall(config, method)
      served?.set(method, guards)
      return guards
    },
  }
}
