import type { TLSSocket } from 'node:tls'
import { PeerGateError } from '@peergate/core'
import type { Upstream } from '@peergate/core'
import { quote } from '@peergate/core/material'
import { Agent, Dispatcher, buildConnector } from 'undici'
import { followConnection, isBehindAnswers } from './follow-connection.js'
import { explainFailure } from './explain-failure.js'
import type { AgentRules } from './scoped-agent.js'
import { authorityOf } from './server-tls.js'

/** What may be chosen of a dispatcher; its TLS may not. */
export type DispatcherOptions = Pick<
  Agent.Options,
  'bodyTimeout' | 'connections' | 'headersTimeout' | 'keepAliveTimeout' | 'pipelining'
>

/** A dispatcher whose connections are made with the material of their day. */
export interface ScopedDispatcher extends Dispatcher {
  /** Gives the connections of older material no more requests, and closes them behind the last one. */
  readonly drain: () => void
}

export function createDispatcher(rules: AgentRules, options: DispatcherOptions): ScopedDispatcher {
  const make = () => new Agent({ ...options, connect: createConnect(rules) })
  return new RotatingDispatcher(make, rules)
}

class RotatingDispatcher extends Dispatcher implements ScopedDispatcher {
  readonly #make: () => Agent
  readonly #rules: AgentRules
  #current: Agent

  constructor(make: () => Agent, rules: AgentRules) {
    super()
    this.#make = make
    this.#rules = rules
    this.#current = make()
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const upstream = this.#rules.describe(authorityOf(new URL(String(options.origin))))
    return this.#current.dispatch(options, explainTo(handler, upstream))
  }

  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: () => void): Promise<void> | undefined {
    if (callback === undefined) return this.#current.close()
    this.#current.close(callback)
    return undefined
  }

  override destroy(): Promise<void>
  override destroy(error: Error | null): Promise<void>
  override destroy(callback: () => void): void
  override destroy(error: Error | null, callback: () => void): void
  override destroy(...given: readonly unknown[]): Promise<void> | undefined {
    const current = this.#current as {
      destroy: (...given: readonly unknown[]) => Promise<void> | undefined
    }
    return current.destroy(...given)
  }

  readonly drain = (): void => {
    const old = this.#current
    this.#current = this.#make()
    void old.close()
  }
}

/** Lays the TLS of the identity over every connection, whatever a request asks for. */
function createConnect({ tlsFor }: AgentRules): buildConnector.connector {
  return (options, callback) => {
    const { hostname, protocol } = options
    if (protocol !== 'https:') return callback(withoutTls(hostname), null)
    const tls = tlsFor(authorityOf(options))
    const connect = buildConnector({ ...tls, maxCachedSessions: 0 })
    // Its types say that it gives nothing.
    const socket = connect({ ...options, servername: tls.servername }, callback) as unknown
    followConnection(socket as TLSSocket)
  }
}

/** The handlers of all versions of undici, by whichever name they call the end of a request. */
function explainTo(handler: Dispatcher.DispatchHandler, upstream: Upstream): typeof handler {
  return new Proxy(handler, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'onError' && name !== 'onResponseError') return value.bind(target)
      return (...values: unknown[]) =>
        Reflect.apply(value, target, [...values.slice(0, -1), explain(values.at(-1), upstream)])
    },
  })
}

function explain(error: unknown, upstream: Upstream): unknown {
  const { socket } = error as { readonly socket?: { readonly bytesRead: number } }
  const wasUsed = isBehindAnswers(error as object) || (socket !== undefined && socket.bytesRead > 0)
  return explainFailure(error, { upstream, wasUsed })
}

function withoutTls(host: string): PeerGateError {
  const fault = `the request to ${quote(host)} is for http:, where nobody is verified; use https:`
  return new PeerGateError('ERR_PEERGATE_CONNECTION_NOT_TLS', fault)
}
