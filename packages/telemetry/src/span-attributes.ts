import type { Attributes } from '@opentelemetry/api'
import type {
  CertificateDescription,
  ClientIdentity,
  ConnectionFacts,
  GateEvent,
  RequestFacts,
  UnverifiedPeer,
} from '@peergate/core'

/**
 * What an event says, as span attributes: by the semantic conventions of OpenTelemetry for TLS and
 * networks where they have a name, else below `peergate.`. What a certificate claims that was not
 * accepted stands below `peergate.unverified.` alone, and never below `tls.client.`; what is only tried
 * would deny stands below `peergate.shadow.` alone.
 */
export function spanAttributesOf(event: GateEvent): Attributes {
  return withoutNulls({
    'peergate.gate': event.gate,
    'peergate.mode': event.mode,
    ...('connection' in event ? connectionAttributes(event) : {}),
    ...('certificate' in event ? certificateAttributes(event.certificate) : {}),
    ...('request' in event ? requestAttributes(event.request) : {}),
    ...('identity' in event ? identityAttributes(event.identity) : {}),
    ...('unverified' in event ? unverifiedAttributes(event.unverified) : {}),
    ...(isTried(event)
      ? shadowAttributes(event)
      : { ...outcomeAttributes(event), ...permissionAttributes(event) }),
  })
}

type TriableEvent = Extract<GateEvent, { readonly policy: 'live' | 'shadow' }>

function isTried(event: GateEvent): event is TriableEvent {
  return 'policy' in event && event.policy === 'shadow'
}

/** Apart from what the policy in force said, which stands on the same span. */
function shadowAttributes(event: TriableEvent): MaybeAttributes {
  return {
    'peergate.shadow.code': event.code,
    ...('requirement' in event && {
      'peergate.shadow.requirement': event.requirement,
      'peergate.shadow.reason': event.reason,
      'peergate.shadow.grant': event.grant,
    }),
  }
}

/** The registry has `server.address` in the place of `tls.client.server_name`, which is deprecated. */
function connectionAttributes(
  event: Extract<GateEvent, { readonly connection: ConnectionFacts }>,
): MaybeAttributes {
  const { remoteAddress, servername, protocol, cipher, isResumed } = event.connection
  return {
    'network.peer.address': remoteAddress,
    'server.address': servername,
    // What a handshake had agreed on by the time that it failed is known, too.
    'tls.established': event.type !== 'handshake-refused' || !event.isEnforced,
    'tls.protocol.name': protocol === null ? null : 'tls',
    'tls.protocol.version': protocol?.replace(/^TLSv/u, '') ?? null,
    'tls.cipher': cipher,
    'tls.resumed': isResumed,
  }
}

function certificateAttributes(certificate: CertificateDescription): MaybeAttributes {
  return { 'tls.client.subject': certificate.subject, ...clientAttributes(certificate) }
}

function clientAttributes(
  facts: Pick<ClientIdentity, 'fingerprint256' | 'issuer' | 'notAfter' | 'notBefore'>,
): MaybeAttributes {
  return {
    'tls.client.issuer': facts.issuer,
    'tls.client.hash.sha256': hashOf(facts.fingerprint256),
    'tls.client.not_before': dateOf(facts.notBefore),
    'tls.client.not_after': dateOf(facts.notAfter),
  }
}

function requestAttributes({ id, route, remoteAddress }: RequestFacts): MaybeAttributes {
  return {
    'network.peer.address': remoteAddress,
    'peergate.request.id': id,
    'peergate.route': route,
  }
}

function identityAttributes(identity: ClientIdentity | null): MaybeAttributes {
  if (identity === null) return {}
  const { kind, value, assurance, source, trustSet } = identity
  return {
    'peergate.identity.kind': kind,
    'peergate.identity.value': value,
    'peergate.identity.assurance': assurance,
    'peergate.identity.source': source,
    'peergate.trust_set': trustSet,
    // Behind a proxy, the client of this TLS connection is the proxy.
    ...(assurance === 'tls' ? clientAttributes(identity) : {}),
  }
}

function unverifiedAttributes(peer: UnverifiedPeer | null): MaybeAttributes {
  if (peer === null) return {}
  const { subject, issuer, fingerprint256 } = peer.certificate
  return {
    'peergate.unverified.subject': subject,
    'peergate.unverified.issuer': issuer,
    'peergate.unverified.hash.sha256': hashOf(fingerprint256),
    'peergate.unverified.is_of_configured_ca': peer.isOfConfiguredCa,
  }
}

/** How an event ended, where it is no decision on a permission. */
function outcomeAttributes(event: GateEvent): MaybeAttributes {
  return {
    'peergate.layer': event.layer,
    'peergate.code': 'code' in event ? event.code : null,
    'peergate.enforced': 'isEnforced' in event ? event.isEnforced : null,
    'peergate.trust_epoch': 'epoch' in event ? event.epoch : null,
    'peergate.subject': 'subject' in event ? event.subject : null,
    ...('trustSet' in event ? { 'peergate.trust_set': event.trustSet } : {}),
  }
}

function permissionAttributes(event: GateEvent): MaybeAttributes {
  if (!('requirement' in event)) return {}
  return {
    'peergate.requirement': event.requirement,
    'peergate.permission.allowed': event.type === 'permission-allowed',
    'peergate.permission.reason': event.reason,
    'peergate.permission.grant': event.grant,
  }
}

type MaybeAttributes = Readonly<Record<string, boolean | string | null>>

function withoutNulls(attributes: MaybeAttributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (entry): entry is [string, boolean | string] => entry[1] !== null,
    ),
  )
}

/** As the registry writes hashes: upper case, without colons. */
function hashOf(fingerprint: string | null): string | null {
  return fingerprint?.replaceAll(':', '') ?? null
}

/** The last day of a certificate can be further away than a date can say. */
function dateOf(milliseconds: number | null): string | null {
  if (milliseconds === null || Math.abs(milliseconds) > 8.64e15) return null
  return new Date(milliseconds).toISOString()
}
