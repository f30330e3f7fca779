import type { Credentials } from '../../material.js'

/** What a server is to be sent, by a process of its own. */
export type Load = Http1Load | Http2Load | HandshakeLoad

/** What each load has. */
interface AnyLoad {
  readonly port: number
  /** How many requests, or handshakes. */
  readonly amount: number
  /** The client and whom it trusts; null without TLS. */
  readonly tls: (Credentials & { readonly serverCa: string }) | null
}

export interface Http1Load extends AnyLoad {
  readonly kind: 'http/1.1'
  /** For each connection the heads of its requests, over and over again. */
  readonly heads: readonly (readonly string[])[]
}

export interface Http2Load extends AnyLoad {
  readonly kind: 'http/2'
}

export interface HandshakeLoad extends AnyLoad {
  readonly kind: 'handshakes'
}

/** What the clients saw. */
export interface LoadResult {
  /** Answers of another status than 200. */
  readonly refused: number
}

/** How many connections, or streams of the one connection, send at once. */
export const concurrency = 10
