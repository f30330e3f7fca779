import type { ClientIdentity } from '../client-identity.js'
import type { PeerGateErrorCode, PeerGateLayer } from '../errors.js'
import type { AllowedDecision, DeniedDecision } from '../policy/decision/decision.js'
import type { RolloutMode } from '../rollout-mode.js'
import type { CertificateDescription } from '../tls/certificate-description.js'

/**
 * What a gate did, as it is published on the channel of its type; frozen. No event carries a
 * certificate, a byte of a header or the path of a file.
 */
export type GateEvent =
  | ConnectionAcceptedEvent
  | ConnectionClosedEvent
  | HandshakeRefusedEvent
  | IdentityAbsentEvent
  | IdentityAcceptedEvent
  | IdentityRejectedEvent
  | PermissionAllowedEvent
  | PermissionDeniedEvent
  | ReloadDoneEvent
  | ReloadFailedEvent

export type GateEventType = GateEvent['type']

interface AnyGateEvent {
  /** Epoch milliseconds. */
  readonly time: number
  /** The option `name` of the gate; `default` without it. */
  readonly gate: string
  /** Null for the reloads of a policy file, which is of no gate alone. */
  readonly mode: RolloutMode | null
}

/** A peer finished its handshake, and its certificate was accepted. */
export interface ConnectionAcceptedEvent extends AnyGateEvent {
  readonly type: 'connection-accepted'
  readonly layer: 'tls'
  readonly connection: ConnectionFacts
  /** The name of the client CA set that admitted the peer; null where it cannot be told. */
  readonly trustSet: string | null
  /**
   * The SHA-256 fingerprints of the configured CAs that lead to the certificate, its issuer first;
   * empty where its issuer is not configured but came from the client.
   */
  readonly authorities: readonly string[]
  readonly certificate: CertificateDescription
}

/**
 * A peer failed at the TLS gate: in the handshake, or by what its certificate says. Where
 * `isEnforced` is false, its connection goes on, and it is the mode that lets it.
 */
export interface HandshakeRefusedEvent extends AnyGateEvent, Refusal {
  readonly type: 'handshake-refused'
  readonly layer: 'tls'
  readonly connection: ConnectionFacts
  /** The code that Node or OpenSSL gave, such as `CERT_HAS_EXPIRED`; null for a rule of ours. */
  readonly reason: string | null
  readonly unverified: UnverifiedPeer | null
}

/** A live connection whose peer is no longer accepted: by a change of trust, or by time. */
export interface ConnectionClosedEvent extends AnyGateEvent, Refusal {
  readonly type: 'connection-closed'
  readonly layer: 'tls'
  readonly connection: ConnectionFacts
  /** What was verified when the connection was opened. */
  readonly certificate: CertificateDescription
}

/** The sender of a request has an identity. Once for each request. */
export interface IdentityAcceptedEvent extends AnyGateEvent {
  readonly type: 'identity-accepted'
  readonly layer: 'identity'
  readonly request: RequestFacts
  readonly identity: ClientIdentity
}

/**
 * The sender of a request has no identity, and what it asked for needs one. Once for each request; and
 * once before with `policy: 'shadow'`, where that is only tried.
 */
export interface IdentityRejectedEvent extends AnyGateEvent, Refusal {
  readonly type: 'identity-rejected'
  /** The layer at which the identity was lost: `tls`, `proxy`, `identity`; `configuration` for faults. */
  readonly layer: PeerGateLayer
  readonly request: RequestFacts
  /**
   * The fingerprint of a certificate that the source accepted, and that gives no identity or one that
   * the gate refuses: a denied one, or one behind a proxy that has expired since. Null without one.
   */
  readonly fingerprint256: string | null
  readonly unverified: UnverifiedPeer | null
  /** Whose rejection it is: that of what is in force, or of what is only tried. */
  readonly policy: 'live' | 'shadow'
  /** Whether nothing was told before of who sent the request: no `identity-absent`, and no rejection. */
  readonly isFirst: boolean
}

/** The sender of a request has no identity, and what it asked for needs none. Once for each request. */
export interface IdentityAbsentEvent extends AnyGateEvent {
  readonly type: 'identity-absent'
  readonly layer: 'identity'
  readonly request: RequestFacts
  /** Why there is none. */
  readonly code: PeerGateErrorCode
}

/** A requirement let a request pass. Once for each requirement that was asked. */
export interface PermissionAllowedEvent extends AnyGateEvent {
  readonly type: 'permission-allowed'
  readonly layer: 'authorization'
  readonly request: RequestFacts
  /** The requirement as its route states it: `invoice:read`, `allOf(invoice:read, trustSet(payments))`. */
  readonly requirement: string
  /** Null on a public route. */
  readonly identity: ClientIdentity | null
  readonly reason: AllowedDecision['reason']
  /** The peers of the grant, as the policy writes them. */
  readonly grant: string | null
}

/** A requirement denied an identity; with `policy: 'shadow'`, the one that is only tried did. */
export interface PermissionDeniedEvent extends AnyGateEvent, Refusal {
  readonly type: 'permission-denied'
  readonly layer: 'authorization'
  readonly request: RequestFacts
  readonly requirement: string
  readonly identity: ClientIdentity
  readonly reason: DeniedDecision['reason']
  readonly grant: string | null
  /** Whose denial it is: that of the policy in force, or that of the shadow, which changes nothing. */
  readonly policy: 'live' | 'shadow'
}

/** Files were read again, and are in force. */
export interface ReloadDoneEvent extends AnyGateEvent {
  readonly type: 'reload-done'
  readonly layer: 'configuration'
  readonly subject: 'policy' | 'tls'
  /** The trust epoch that is in force now; null for a policy. */
  readonly epoch: string | null
}

/** Files could not be read; everything is as it was. */
export interface ReloadFailedEvent extends AnyGateEvent {
  readonly type: 'reload-failed'
  readonly layer: 'configuration'
  readonly subject: 'policy' | 'tls'
  readonly code: PeerGateErrorCode
}

/** Why somebody is refused, or would be. */
export interface Refusal {
  readonly code: PeerGateErrorCode
  /** The status that answers it over HTTP. */
  readonly statusCode: number
  /**
   * Cause and remedy, for the operator. Null at the layers `proxy` and `configuration`, where it may
   * name what a header says, or a file.
   */
  readonly detail: string | null
  /** Whether it was refused. False for what is only observed, or tried. */
  readonly isEnforced: boolean
}

/** What a peer that was not accepted claims. Nothing of it is verified but `isOfConfiguredCa`. */
export interface UnverifiedPeer {
  readonly certificate: CertificateDescription
  /**
   * Whether the key of a configured CA did sign the certificate, which may have expired, or be revoked,
   * or be unfit: somebody of ours, and no stranger.
   */
  readonly isOfConfiguredCa: boolean
}

/** What is known of a TLS connection. */
export interface ConnectionFacts {
  /** Null where it is not known: for a Unix domain socket, and under a proxy's own socket. */
  readonly remoteAddress: string | null
  /** The server name that the client asked for (SNI), quoted unless it is a plain name. */
  readonly servername: string | null
  /** Such as `TLSv1.3`; null where no handshake was finished. */
  readonly protocol: string | null
  /** By its name in the IANA registry, such as `TLS_AES_256_GCM_SHA384`; null as `protocol`. */
  readonly cipher: string | null
  readonly isResumed: boolean
}

/** What is known of a request without its headers. */
export interface RequestFacts {
  /** See {@link RequestId}. */
  readonly id: string
  /** The `trace-id` of `traceparent` (W3C Trace Context §3.2.2.3), 32 hexadecimal digits; null without. */
  readonly traceId: string | null
  /** The method and the path as the application declares it: `GET /invoices/:id`; null outside of routes. */
  readonly route: string | null
  /** Null where the connection is not known. */
  readonly remoteAddress: string | null
}
