import type { Server } from 'node:tls'
import type { Socket } from 'node:net'
import { onGateEvent } from '@peergate/core'
import type { ConnectionReport, GateRefusal } from './connection-report.js'

/** What the server saw of one connection. */
type ServerSide = Pick<ConnectionReport, 'refusal' | 'serverHandshake'>

/** The connections of a server. */
export interface ConnectionWatch {
  /**
   * What `server` sees of the connection that `connect` opens, which gives its local port, or null if
   * there was none. One at a time within a process, so that no refusal is taken for another's.
   */
  readonly watch: <Value>(
    connect: () => Promise<{ readonly localPort: number | null; readonly value: Value }>,
  ) => Promise<{ readonly value: Value; readonly server: ServerSide }>
  /** Cuts off every connection that is open. */
  readonly cutOff: () => void
}

export function watchConnections(server: Server): ConnectionWatch {
  /** By the port of the client: the raw socket, and the one of TLS in its place once there is one. */
  const sockets = new Map<number, Socket>()
  let watched: Watched | null = null
  server.on('connection', (socket: Socket) => {
    const port = Number(socket.remotePort)
    sockets.set(port, socket)
    const end = new Promise<void>((resolve) => {
      socket.once('close', () => {
        sockets.delete(port)
        resolve()
      })
    })
    watched?.ends.set(port, end)
  })
  // Behind the gate, which destroys the socket of whom it refuses.
  server.on('secureConnection', (socket) => {
    if (socket.destroyed) return
    const port = Number(socket.remotePort)
    watched?.completed.add(port)
    sockets.set(port, socket)
  })

  return {
    watch: async (connect) =>
      inTurn(async () => {
        const own: Watched = { ends: new Map(), completed: new Set() }
        watched = own
        const refusals: GateRefusal[] = []
        const subscription = onGateEvent(({ code, detail }) => refusals.push({ code, detail }), {
          types: ['handshake-refused'],
        })
        try {
          const { localPort, value } = await connect()
          const end = localPort === null ? undefined : own.ends.get(localPort)
          if (localPort === null || end === undefined) return { value, server: unseen }
          await end
          const isCompleted = own.completed.has(localPort)
          const serverHandshake = isCompleted ? 'completed' : 'refused'
          // Of two of them, one is that of somebody else.
          const [first = null, second] = refusals
          const refusal = isCompleted || second !== undefined ? null : first
          return { value, server: { serverHandshake, refusal } }
        } finally {
          watched = null
          subscription.stop()
        }
      }),
    cutOff() {
      for (const socket of sockets.values()) socket.destroy()
    },
  }
}

/** What is known of connections while one is watched, by the port of the client. */
interface Watched {
  readonly ends: Map<number, Promise<void>>
  readonly completed: Set<number>
}

const unseen: ServerSide = { serverHandshake: 'unseen', refusal: null }

let last: Promise<unknown> = Promise.resolve()

/** Runs `task` when all before it have ended. */
async function inTurn<Value>(task: () => Promise<Value>): Promise<Value> {
  const turn = last.then(task)
  last = turn.catch(() => undefined)
  return turn
}
