import { createHash } from 'node:crypto'
import type { ClientIdentity } from '../client-identity.js'
import type { PeerGateErrorCode } from '../errors.js'
import type {
  ConnectionClosedEvent,
  HandshakeRefusedEvent,
  IdentityRejectedEvent,
  PermissionDeniedEvent,
} from '../telemetry/gate-event.js'
import type { CertificateDescription } from '../tls/certificate-description.js'
import type { LedgerStage } from './ledger-export.js'

/** The events in which somebody is refused, or would be. */
export type RefusalEvent =
  ConnectionClosedEvent | HandshakeRefusedEvent | IdentityRejectedEvent | PermissionDeniedEvent

/** Somebody who was refused, or would be, once. */
export interface Sighting {
  /** By what the peer is known again; see `LedgerEntry.key`. */
  readonly key: string
  /** Null where it cannot be told. */
  readonly isOfConfiguredCa: boolean | null
  readonly stage: LedgerStage
  readonly code: PeerGateErrorCode
  readonly isEnforced: boolean
  /** Whether strict mutual TLS would cut somebody off by this who is not meant to be. */
  readonly isBlocking: boolean
  /** Of a connection; false for a request. */
  readonly isConnection: boolean
  readonly route: string | null
  readonly remoteAddress: string | null
  readonly identity: ClientIdentity | null
  readonly fingerprint256: string | null
  readonly certificate: CertificateDescription | null
  readonly unverified: CertificateDescription | null
}

/** Who is meant by an event, and what it says of whether the service is ready. */
export function readSighting(event: RefusalEvent): Sighting {
  const { code, isEnforced } = event
  const { identity, fingerprint256, isOfConfiguredCa, certificate, unverified } = peerOf(event)
  const stage = stageOf(event)
  const isConnection = 'connection' in event
  const { remoteAddress } = isConnection ? event.connection : event.request
  // Written out, since this is done for every request that is refused, and spreading costs a hundredfold.
  return {
    key: keyOf(identity, fingerprint256, remoteAddress),
    isOfConfiguredCa,
    stage,
    code,
    isEnforced,
    // An enforced denial is what the service wants, and a shadow changes nothing.
    isBlocking: stage === 'permission' ? !isEnforced : stage !== 'shadow',
    isConnection,
    route: isConnection ? null : event.request.route,
    remoteAddress,
    identity,
    fingerprint256,
    certificate,
    unverified,
  }
}

/** A text as the ledger keeps it. */
export function cutText(text: string, longest = 200): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}

/** A peer of the TLS gate is lost there, also where a request tells of it, or only tries something. */
function stageOf(event: RefusalEvent): LedgerStage {
  if (event.layer === 'tls') return 'tls'
  if (event.policy === 'shadow') return 'shadow'
  return event.type === 'permission-denied' ? 'permission' : 'identity'
}

type Peer = Pick<
  Sighting,
  'certificate' | 'fingerprint256' | 'identity' | 'isOfConfiguredCa' | 'unverified'
>

function peerOf(event: RefusalEvent): Peer {
  const certificate = event.type === 'connection-closed' ? event.certificate : null
  const identity = event.type === 'permission-denied' ? event.identity : null
  const rejected = event.type === 'identity-rejected' ? event.fingerprint256 : null
  const verified = identity?.fingerprint256 ?? certificate?.fingerprint256 ?? rejected
  const claim = 'unverified' in event ? event.unverified : null
  const unverified = claim?.certificate ?? null
  const isOfOurs = identity !== null || verified !== null || claim?.isOfConfiguredCa === true
  return {
    identity,
    fingerprint256: verified ?? unverified?.fingerprint256 ?? null,
    // The leaf of an intermediate that only the client sends is not seen to be of a configured CA: who
    // fails by more than a stranger does may be one of ours.
    isOfConfiguredCa: isOfOurs ? true : strangerCodes.has(event.code) ? false : null,
    certificate,
    unverified,
  }
}

/** How somebody fails who has nothing of our CAs: another CA, no certificate, or no handshake at all. */
const strangerCodes: ReadonlySet<PeerGateErrorCode> = new Set([
  'ERR_PEERGATE_CERTIFICATE_MISSING',
  'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
  'ERR_PEERGATE_CONNECTION_NOT_TLS',
  'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING',
  'ERR_PEERGATE_HANDSHAKE_FAILED',
  'ERR_PEERGATE_HOST_UNKNOWN',
  'ERR_PEERGATE_PROTOCOL_UNSUPPORTED',
])

function keyOf(
  identity: ClientIdentity | null,
  fingerprint256: string | null,
  remoteAddress: string | null,
): string {
  if (identity !== null) return `identity:${shorten(identity.value)}`
  if (fingerprint256 !== null) return `fingerprint:${fingerprint256}`
  return `address:${remoteAddress === null ? 'unknown' : cutText(remoteAddress)}`
}

const longestInKey = 160

/** Two identities must not become one by being cut. */
function shorten(value: string): string {
  if (value.length <= longestInKey) return value
  return `${value.slice(0, 90)}…${createHash('sha256').update(value).digest('hex')}`
}
