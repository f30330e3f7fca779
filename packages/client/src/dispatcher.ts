import type { TLSSocket } from 'node:tls'
import { PeerGateError } from '@peergate/core'
import type { Upstream } from '@peergate/core'
import { quote } from '@peergate/core/material'
import { Agent, Dispatcher, buildConnector } from 'undici'
import { followConnection, isBehindAnswers } from './follow-connection.js'
import { explainFailure } from './explain-failure.js'
import type { CutOff } from './rotation-users.js'
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
  readonly drain: () => CutOff
}

export function createDispatcher(rules: AgentRules, options: DispatcherOptions): ScopedDispatcher {
  return new RotatingDispatcher(() => openPool(rules, options), rules)
}

/** An agent, and its connections, which it does not know any more once it was told to close. */
interface Pool {
  readonly agent: Agent
  readonly sockets: ReadonlySet<TLSSocket>
}

function openPool(rules: AgentRules, options: DispatcherOptions): Pool {
  const sockets = new Set<TLSSocket>()
  const connect = createConnect(rules, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return { agent: new Agent({ ...options, connect }), sockets }
}

class RotatingDispatcher extends Dispatcher implements ScopedDispatcher {
  readonly #open: () => Pool
  readonly #rules: AgentRules
  #current: Pool

  constructor(open: () => Pool, rules: AgentRules) {
    super()
    this.#open = open
    this.#rules = rules
    this.#current = open()
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const upstream = this.#rules.describe(authorityOf(new URL(String(options.origin))))
    return this.#current.agent.dispatch(options, explainTo(handler, upstream))
  }

  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: () => void): Promise<void> | undefined {
    if (callback === undefined) return this.#current.agent.close()
    this.#current.agent.close(callback)
    return undefined
  }

  override destroy(): Promise<void>
  override destroy(error: Error | null): Promise<void>
  override destroy(callback: () => void): void
  override destroy(error: Error | null, callback: () => void): void
  override destroy(...given: readonly unknown[]): Promise<void> | undefined {
    const agent = this.#current.agent as {
      destroy: (...given: readonly unknown[]) => Promise<void> | undefined
    }
    return agent.destroy(...given)
  }

  readonly drain = (): CutOff => {
    const { agent, sockets } = this.#current
    this.#current = this.#open()
    void agent.close()
    return (error) => sockets.forEach((socket) => socket.destroy(error))
  }
}

/** Lays the TLS of the identity over every connection, whatever a request asks for. */
function createConnect(
  { tlsFor }: AgentRules,
  follow: (socket: TLSSocket) => void,
): buildConnector.connector {
  return (options, callback) => {
    const { hostname, protocol } = options
    if (protocol !== 'https:') return callback(withoutTls(hostname), null)
    const tls = tlsFor(authorityOf(options))
    const connect = buildConnector({ ...tls, maxCachedSessions: 0 })
    // Its types say that it gives nothing.
    const made = connect({ ...options, servername: tls.servername }, callback) as unknown
    const socket = made as TLSSocket
    followConnection(socket)
    follow(socket)
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
