import type { ClientRequest } from 'node:http'
import { Agent } from 'node:https'
import type { AgentOptions, RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { Upstream } from '@peergate/core'
import { followConnection } from './follow-connection.js'
import { explainErrors } from './explain-errors.js'
import type { CutOff } from './rotation-users.js'
import type { Authority, ServerTls } from './server-tls.js'

/** What an agent asks of the identity that made it. */
export interface AgentRules {
  readonly tlsFor: (authority: Authority) => ServerTls
  readonly describe: (authority: Authority) => Upstream
  /** Another object for each rotation. */
  readonly version: () => object
}

/**
 * An agent that lays the TLS of its identity over every connection. Connections that were made with
 * older material are not used again: idle ones are closed at once, the others when they are.
 */
export class ScopedAgent extends Agent {
  readonly #rules: AgentRules

  constructor(rules: AgentRules, options: AgentOptions) {
    // Sessions that are resumed show no certificate, and are verified no more.
    super({ keepAlive: true, ...options, maxCachedSessions: 0 })
    this.#rules = rules
  }

  /** Where an agent gets to know the request that a connection is for. */
  addRequest(request: ClientRequest, options: RequestOptions, ...rest: unknown[]): void {
    const upstream = this.#rules.describe(authorityOf(options))
    explainErrors(request, () => ({ upstream, wasUsed: request.reusedSocket }))
    addRequest.call(this, request, options, ...rest)
  }

  override getName(options?: RequestOptions): string {
    return `${numberOf(this.#rules.version())}:${super.getName(options)}`
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const tls = this.#rules.tlsFor(authorityOf(options))
    const made = super.createConnection({ ...options, ...tls }, callback)
    if (made instanceof TLSSocket) {
      versions.set(made, this.#rules.version())
      followConnection(made)
    }
    return made
  }

  override keepSocketAlive(socket: Duplex): boolean {
    if (versions.get(socket) !== this.#rules.version()) return false
    // Its types say that it gives nothing, and Node asks for what it gives.
    return (super.keepSocketAlive(socket) as unknown) !== false
  }

  /** Closes the idle connections of older material. */
  drain(): CutOff {
    for (const socket of this.#olderOf(this.freeSockets)) socket.destroy()
    const inUse = this.#olderOf(this.sockets)
    return (error) => inUse.forEach((socket) => socket.destroy(error))
  }

  #olderOf(sockets: Agent['sockets']): readonly Duplex[] {
    // A list that is empty is taken out, so that there is one for each name.
    const all = Object.values(sockets as Readonly<Record<string, readonly Duplex[]>>).flat()
    return all.filter((socket) => versions.get(socket) !== this.#rules.version())
  }
}

/** With which version of the material a connection was made. */
const versions = new WeakMap<object, object>()

/** A number for each version, since agents tell connections apart by a text. */
function numberOf(version: object): number {
  const known = numbers.get(version)
  if (known !== undefined) return known
  latest += 1
  numbers.set(version, latest)
  return latest
}

const numbers = new WeakMap<object, number>()
let latest = 0

function authorityOf({ host, port }: RequestOptions): Authority {
  return { host: String(host), port: Number(port) }
}

/** A method of every agent that the types of Node leave out. */
const { addRequest } = Agent.prototype as unknown as {
  readonly addRequest: (this: Agent, ...request: unknown[]) => void
}
