import type { PeerGateError } from './errors.js'
import type { AnonymousPeer, PeerEvidence } from './evidence.js'
import type { RolloutMode } from './rollout-mode.js'
import type { UnverifiedPeer } from './telemetry/gate-event.js'

/** What a gate needs of a request; Node's `IncomingMessage` and `Http2ServerRequest` both are one. */
export interface RequestLike {
  readonly socket?: unknown
  readonly method?: string | undefined
  /** The request target, as the client sent it. */
  readonly url?: string | undefined
  /** Names and values by turns, as they came. */
  readonly rawHeaders?: readonly string[]
  readonly headers?: Record<string, unknown>
  readonly headersDistinct?: Record<string, unknown>
}

/**
 * Where the certificate of a peer comes from: this process's own TLS socket, or one contract of a
 * trusted proxy. A gate has exactly one source and never falls back to another.
 */
export interface PeerSource {
  /** `socket`, or the name of the proxy contract. */
  readonly name: string
  /**
   * Every `trustSet` that the source can give, so that a grant or a route which demands another one is
   * an error at creation. Absent where the names are not known; empty where no peer has a set.
   */
  readonly trustSets?: readonly string[]
  /**
   * What is proved about the peer of `request`, or why nothing is. Total: it never throws, whatever
   * it is given, and says the same of one request as often as it is asked. Validity in time is not
   * judged here but by the gate, on every request.
   */
  readonly read: (request: RequestLike) => AnonymousPeer | PeerEvidence | PeerGateError
  /** What the gate does about those it refuses; `enforce` where it is absent. */
  readonly mode?: RolloutMode
  /** What a peer claims that was not accepted; for records, and never to be believed. Total. */
  readonly unverifiedPeerOf?: (request: RequestLike) => UnverifiedPeer | null
  /** Whether a trusted proxy sent the request, so that it may say how the request is called. Total. */
  readonly isFromTrustedProxy?: (request: RequestLike) => boolean
}
