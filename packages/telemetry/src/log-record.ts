import type {
  Assurance,
  CertificateDescription,
  ClientIdentity,
  ConnectionFacts,
  GateEvent,
  GateEventType,
  PeerGateErrorCode,
  PeerGateLayer,
  RolloutMode,
  UnverifiedPeer,
} from '@peergate/core'

export type LogLevel = 'error' | 'info' | 'warn'

/** What is logged of an event. */
export interface LogRecord {
  readonly event: GateEventType
  readonly gate: string
  readonly mode: RolloutMode | null
  readonly layer: PeerGateLayer
  /** In the mode `observe`, in every record: that nobody is refused. */
  readonly warning?: string
  /** What became of the certificate. */
  readonly tls: TlsResult | null
  /** Who the peer is, by the identity rule of the service. */
  readonly identity: ClientIdentity | null
  /** What the application said to a permission. */
  readonly decision: LoggedDecision | null
  readonly code?: PeerGateErrorCode
  readonly statusCode?: number
  /** False for what is only observed, or tried. */
  readonly enforced?: boolean
  /** Of a request: whether what is in force refuses it, or what is only tried would. */
  readonly policy?: 'live' | 'shadow'
  /** Cause and remedy. */
  readonly detail?: string | null
  /** What a certificate that was not accepted claims. */
  readonly unverified?: UnverifiedPeer | null
  readonly requestId?: string
  readonly traceId?: string | null
  readonly route?: string | null
  readonly remoteAddress?: string | null
  /** Of a reload. */
  readonly subject?: 'policy' | 'tls'
  readonly epoch?: string | null
}

export interface TlsResult {
  /** `refused` also where the mode lets a connection go on; null where an event does not tell. */
  readonly result: 'accepted' | 'closed' | 'refused'
  /** How the certificate is known to belong to the peer. */
  readonly assurance?: Assurance
  readonly trustSet?: string | null
  /** The code of Node or OpenSSL. */
  readonly reason?: string | null
  readonly connection?: ConnectionFacts
  readonly certificate?: CertificateDescription
  readonly fingerprint256?: string | null
}

export interface LoggedDecision {
  readonly allowed: boolean
  readonly reason: string
  readonly requirement: string
  readonly grant: string | null
}

/** One flat record, whose values are what the event says and nothing else. */
export function logRecordOf(event: GateEvent): LogRecord {
  const { type, gate, mode, layer } = event
  return {
    event: type,
    gate,
    mode,
    layer,
    ...(mode === 'observe' ? { warning: observing } : {}),
    tls: tlsResultOf(event),
    identity: 'identity' in event ? event.identity : null,
    decision: decisionOf(event),
    ...('code' in event ? { code: event.code } : {}),
    ...refusalOf(event),
    ...('unverified' in event ? { unverified: event.unverified } : {}),
    ...placeOf(event),
    ...('subject' in event ? { subject: event.subject } : {}),
    ...('epoch' in event ? { epoch: event.epoch } : {}),
  }
}

const observing =
  'the gate observes: nothing is enforced, and nobody is refused for a certificate or a permission'

function refusalOf(event: GateEvent): Partial<LogRecord> {
  if (!('isEnforced' in event)) return {}
  const { statusCode, isEnforced, detail } = event
  const policy = 'policy' in event ? { policy: event.policy } : {}
  return { statusCode, enforced: isEnforced, ...policy, detail }
}

function placeOf(event: GateEvent): Partial<LogRecord> {
  if ('connection' in event) return { remoteAddress: event.connection.remoteAddress }
  if (!('request' in event)) return {}
  const { id, traceId, route, remoteAddress } = event.request
  return { requestId: id, traceId, route, remoteAddress }
}

function tlsResultOf(event: GateEvent): TlsResult | null {
  if (event.type === 'connection-accepted') {
    const { connection, trustSet, certificate } = event
    return { result: 'accepted', assurance: 'tls', trustSet, connection, certificate }
  }
  if (event.type === 'handshake-refused') {
    return { result: 'refused', reason: event.reason, connection: event.connection }
  }
  if (event.type === 'connection-closed') {
    const { connection, certificate } = event
    return { result: 'closed', connection, certificate }
  }
  if (event.type === 'identity-rejected') return resultOfRejected(event)
  return 'identity' in event ? resultOfIdentity(event.identity) : null
}

/** Of a certificate that gives no identity, the fingerprint is known if it was accepted. */
function resultOfRejected({
  layer,
  fingerprint256,
}: Extract<GateEvent, { readonly type: 'identity-rejected' }>): TlsResult | null {
  if (layer === 'tls') return { result: 'refused' }
  return fingerprint256 === null ? null : { result: 'accepted', fingerprint256 }
}

function resultOfIdentity(identity: ClientIdentity | null): TlsResult | null {
  if (identity === null) return null
  const { assurance, trustSet, fingerprint256 } = identity
  return { result: 'accepted', assurance, trustSet, fingerprint256 }
}

function decisionOf(event: GateEvent): LoggedDecision | null {
  if (!('requirement' in event)) return null
  const { reason, requirement, grant } = event
  return { allowed: event.type === 'permission-allowed', reason, requirement, grant }
}

/** Faults are errors, refusals warnings; what a shadow would refuse changes nothing. */
export function levelOf(event: GateEvent): LogLevel {
  if (event.type === 'reload-failed') return 'error'
  if (!('isEnforced' in event)) return 'info'
  if (isFault(event)) return 'error'
  return 'policy' in event && event.policy === 'shadow' ? 'info' : 'warn'
}

/** Something of ours is out of order: it is nothing that the peer could mend. */
function isFault(event: Extract<GateEvent, { readonly isEnforced: boolean }>): boolean {
  return event.statusCode === 500 || ('reason' in event && event.reason === 'faulty')
}

/** One sentence, the same for every event of a kind. */
export function messageOf(event: GateEvent): string {
  const message = messages[event.type]
  return 'isEnforced' in event && !event.isEnforced ? `${message}, which is not enforced` : message
}

const messages: Readonly<Record<GateEventType, string>> = {
  'connection-accepted': 'the certificate of a peer is accepted',
  'connection-closed': 'a live connection is no longer accepted',
  'handshake-refused': 'a peer is refused by the TLS gate',
  'identity-absent': 'a request has no identity and needs none',
  'identity-accepted': 'a request has an identity',
  'identity-rejected': 'a request has no identity and needs one',
  'permission-allowed': 'a request has the permission it needs',
  'permission-denied': 'an identity is denied',
  'reload-done': 'files were read again and are in force',
  'reload-failed': 'files could not be read again; everything is as it was',
}
