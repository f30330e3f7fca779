import type { ClientIdentity } from '../../client-identity.js'
import type { PeerGateError } from '../../errors.js'
import type { RequestLike } from '../../peer-source.js'
import type { EnforcedStatement } from '../requirement/statement.js'

/** What was asked. */
export interface Question {
  readonly sender: MaybeSender
  readonly statement: EnforcedStatement
  readonly request: unknown
  readonly describe: DescribeRequest | undefined
}

/** A question about a request that was let in, of which there is a sender. */
export interface AdmittedQuestion extends Question {
  readonly sender: Sender
}

/** What a decision needs to know of the sender of a request. */
export type Sender =
  | { readonly evidence: object; readonly identity: ClientIdentity; readonly refusal: null }
  | { readonly evidence: object | null; readonly identity: null; readonly refusal: PeerGateError }

/** Null where an adapter asks about a request that it never admitted. */
export type MaybeSender = Sender | null | undefined

/** Tells of a request for records. Called only where somebody wants to know. */
export type DescribeRequest = (request: never) => RequestPlace

/** Where a request came to. */
export interface RequestPlace {
  /** Node's request. */
  readonly raw: RequestLike
  /** The method and the declared path: `GET /invoices/:id`; null outside of routes. */
  readonly route: string | null
}
