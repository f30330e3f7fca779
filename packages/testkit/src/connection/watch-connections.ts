import type { Server, TLSSocket } from 'node:tls'
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
  const sockets = new Set<TLSSocket>()
  const ends = new Map<number, Promise<void>>()
  const completed = new Set<number>()
  server.on('connection', (socket: Socket) => {
    const { remotePort = 0 } = socket
    ends.set(remotePort, new Promise((resolve) => socket.once('close', () => resolve())))
  })
  // Behind the gate, which destroys the socket of whom it refuses.
  server.on('secureConnection', (socket) => {
    if (socket.destroyed) return
    completed.add(Number(socket.remotePort))
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  return {
    watch: async (connect) =>
      inTurn(async () => {
        const refusals: GateRefusal[] = []
        const subscription = onGateEvent(({ code, detail }) => refusals.push({ code, detail }), {
          types: ['handshake-refused'],
        })
        try {
          const { localPort, value } = await connect()
          if (localPort === null) return { value, server: unseen }
          await ends.get(localPort)
          const isCompleted = completed.has(localPort)
          completed.delete(localPort)
          ends.delete(localPort)
          const serverHandshake = isCompleted ? 'completed' : 'refused'
          // Of two of them, one is that of somebody else.
          const [first = null, second] = refusals
          const refusal = isCompleted || second !== undefined ? null : first
          return { value, server: { serverHandshake, refusal } }
        } finally {
          subscription.stop()
        }
      }),
    cutOff() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

const unseen: ServerSide = { serverHandshake: 'unseen', refusal: null }

let last: Promise<unknown> = Promise.resolve()

/** Runs `task` when all before it have ended. */
async function inTurn<Value>(task: () => Promise<Value>): Promise<Value> {
  const turn = last.then(task)
  last = turn.catch(() => undefined)
  return turn
}
