import type { InventoryRoute, PeerRefusal } from '@peergate/core'

/** The payments API, up on a free port of 127.0.0.1. */
export interface PaymentsServer {
  readonly framework: 'fastify' | 'express'
  readonly port: number
  /** How many connections have been opened so far. */
  readonly countConnections: () => number
  /** Its routes, what they need, and who has it. */
  readonly inventory: () => readonly InventoryRoute[]
  readonly close: () => Promise<void>
}

/** Starts the payments API; `port` 0 takes a free one. */
export type StartServer = (options: {
  readonly port: number
  readonly onRefused: (refusal: PeerRefusal) => void
}) => Promise<PaymentsServer>

export function findInvoice(id: string, reader: string) {
  return { id, amount: '120.00', currency: 'EUR', reader }
}
