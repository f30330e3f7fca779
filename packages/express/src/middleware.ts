import type { ClientIdentity } from '@peergate/core'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Express middleware by Node's own types, so that it leaves the types of a route's parameters be. */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void

/** Express error handling by Node's own types. */
export type ErrorMiddleware = (
  error: unknown,
  req: IncomingMessage,
  res: ServerResponse,
  next: Next,
) => void

export type Next = (error?: unknown) => unknown

/** Any handler of a user's, whichever version of Express it is typed for. */
export type AnyHandler = (req: never, res: never, next: never) => unknown

/** An Express application, as far as a user has to know. */
export interface AppLike {
  readonly use: (middleware: Middleware) => unknown
}

declare global {
  // The way in which Express is augmented.
  namespace Express {
    interface Request {
      /** Who sent the request; null on a public route whose peer has no identity. */
      readonly clientIdentity: ClientIdentity | null
    }
  }
}
