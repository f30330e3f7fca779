import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from 'node:tls'
import type { MintedLeaf } from '@peergate/testkit'
import { serverCa } from './pki.js'

/** What came of one request. */
export interface Outcome {
  readonly client: string
  /** Epoch milliseconds. */
  readonly endedAt: number
  /** Null where there was no answer but an error. */
  readonly status: number | null
  /** Whether it was sent a second time, because its connection was closed without an answer. */
  readonly sentAgain: boolean
}

/** A client that sends one request after the other until it is stopped. */
export interface Client {
  readonly name: string
  /** Whether all requests go over one connection as long as it lives, or each over a new one. */
  readonly keepAlive: boolean
  /** Uses this certificate from the next connection on, and keeps the connection that is open. */
  readonly renew: (leaf: MintedLeaf) => void
  /** The serial number of what the server proved itself with on the newest connection. */
  readonly serverCertificate: () => string | null
  readonly stop: () => Promise<void>
}

export interface ClientOptions extends Pick<Client, 'name' | 'keepAlive'> {
  readonly port: number
  readonly leaf: MintedLeaf
  readonly record: (outcome: Outcome) => void
}

export function startClient({ name, keepAlive, port, leaf, record }: ClientOptions): Client {
  const agent = new Agent({ keepAlive, maxSockets: 1 })
  let { certificate: cert, key } = leaf
  let serverCertificate: string | null = null
  const stopping = new AbortController()

  agent.createConnection = () => {
    const target = { host: '127.0.0.1', port, servername: 'localhost' }
    const socket = connect({ ...target, ca: serverCa, cert, key })
    socket.once('secureConnect', () => {
      serverCertificate = socket.getPeerX509Certificate()?.serialNumber ?? null
    })
    return socket
  }

  async function run(): Promise<void> {
    for (let number = 1; !stopping.signal.aborted; number += 1) {
      const answer = await ask(agent, `/invoices/${name}-${number}`)
      record({ client: name, endedAt: Date.now(), ...answer })
      if (answer.status === null) await wait(20)
    }
  }

  const running = run()
  return {
    name,
    keepAlive,
    renew: (renewed) => void ({ certificate: cert, key } = renewed),
    serverCertificate: () => serverCertificate,
    async stop() {
      stopping.abort()
      await running
      agent.destroy()
    },
  }
}

type Answer = Pick<Outcome, 'sentAgain' | 'status'>

/** How many milliseconds of silence a client bears. */
const patience = 2000

/**
 * A server may end a connection that has served a request at any time, also while the next one is on
 * its way. That one, and no other, is sent once more (RFC 9112 §9.3.1), over a new connection.
 */
async function ask(agent: Agent, path: string, sentAgain = false): Promise<Answer> {
  const outgoing = request({ agent, path })
  outgoing.setTimeout(patience, () => outgoing.destroy(new Error(`silent for ${patience} ms`)))
  // An error behind the begin of the answer comes to its reader as well.
  outgoing.on('error', () => undefined)
  outgoing.end()
  let response: IncomingMessage | null = null
  try {
    ;[response] = (await once(outgoing, 'response')) as [IncomingMessage]
    await text(response)
    return { status: Number(response.statusCode), sentAgain }
  } catch (error) {
    const wasClosed = (error as NodeJS.ErrnoException).code === 'ECONNRESET'
    if (response === null && wasClosed && outgoing.reusedSocket && !sentAgain) {
      return ask(agent, path, true)
    }
    return { status: null, sentAgain }
  }
}
