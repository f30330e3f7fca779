/** What is counted, or read, under which names. */
export interface Measurement {
  readonly prometheus: string
  readonly opentelemetry: string
  readonly help: string
  /** As UCUM writes it; in braces what is counted. */
  readonly unit: string
  readonly labels: readonly string[]
}

export type CounterName =
  | 'connectionsAccepted'
  | 'connectionsClosed'
  | 'handshakesRefused'
  | 'identitiesRejected'
  | 'permissionsAllowed'
  | 'permissionsDenied'
  | 'reloads'
  | 'requests'

/** Grow with the events of gates. */
export const counters: Readonly<Record<CounterName, Measurement>> = {
  connectionsAccepted: {
    prometheus: 'peergate_connections_accepted_total',
    opentelemetry: 'peergate.connections.accepted',
    help: 'TLS connections whose peer was accepted, by the client CA set that admitted it.',
    unit: '{connection}',
    labels: ['gate', 'mode', 'trust_set'],
  },
  handshakesRefused: {
    prometheus: 'peergate_handshakes_refused_total',
    opentelemetry: 'peergate.handshakes.refused',
    help: 'Peers that failed at the TLS gate: TLS client errors, by code.',
    unit: '{peer}',
    labels: ['gate', 'mode', 'code', 'enforced'],
  },
  connectionsClosed: {
    prometheus: 'peergate_connections_closed_total',
    opentelemetry: 'peergate.connections.closed',
    help: 'Live connections whose peer was no longer accepted.',
    unit: '{connection}',
    labels: ['gate', 'mode', 'code', 'enforced'],
  },
  requests: {
    prometheus: 'peergate_requests_total',
    opentelemetry: 'peergate.requests',
    help: 'Requests that a gate judged, by whether their sender has an identity.',
    unit: '{request}',
    labels: ['gate', 'mode', 'identity'],
  },
  identitiesRejected: {
    prometheus: 'peergate_identities_rejected_total',
    opentelemetry: 'peergate.identities.rejected',
    help: 'Requests whose sender has no identity and needs one, by the layer that it was lost at.',
    unit: '{request}',
    labels: ['gate', 'mode', 'layer', 'code', 'policy', 'enforced'],
  },
  permissionsAllowed: {
    prometheus: 'peergate_permissions_allowed_total',
    opentelemetry: 'peergate.permissions.allowed',
    help: 'Requirements that let a request pass.',
    unit: '{decision}',
    labels: ['gate', 'mode', 'requirement', 'route'],
  },
  permissionsDenied: {
    prometheus: 'peergate_permissions_denied_total',
    opentelemetry: 'peergate.permissions.denied',
    help: 'Requirements that denied an identity.',
    unit: '{decision}',
    labels: ['gate', 'mode', 'requirement', 'route', 'code', 'policy', 'enforced'],
  },
  reloads: {
    prometheus: 'peergate_reloads_total',
    opentelemetry: 'peergate.reloads',
    help: 'Files that were read again, by whether they are in force.',
    unit: '{reload}',
    labels: ['gate', 'subject', 'outcome'],
  },
}

/** Measured at each request that has an identity. */
export const remainingLifetime: Measurement = {
  prometheus: 'peergate_client_certificate_remaining_seconds',
  opentelemetry: 'peergate.client_certificate.remaining',
  help: 'Seconds until the certificate of the sender of a request ends; 0 if it has ended.',
  unit: 's',
  labels: ['gate', 'trust_set'],
}

/** In seconds; those of `apiserver_client_certificate_expiration_seconds` of Kubernetes. */
export const lifetimeBuckets: readonly number[] = [
  0, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800, 2_592_000, 7_776_000,
  15_552_000, 31_104_000,
]

export type GaugeName =
  'authorityExpiry' | 'liveConnections' | 'revocationListNextUpdate' | 'rolloutReady' | 'trustEpoch'

/** Read when somebody asks. */
export const gauges: Readonly<Record<GaugeName, Measurement>> = {
  liveConnections: {
    prometheus: 'peergate_live_connections',
    opentelemetry: 'peergate.live_connections',
    help: 'Open TLS connections whose peer is accepted.',
    unit: '{connection}',
    labels: ['gate', 'mode'],
  },
  trustEpoch: {
    prometheus: 'peergate_trust_epoch_info',
    opentelemetry: 'peergate.trust_epoch.info',
    help: 'Always 1, with the trust epoch that is in force.',
    unit: '{epoch}',
    labels: ['gate', 'epoch'],
  },
  authorityExpiry: {
    prometheus: 'peergate_authority_expiry_timestamp_seconds',
    opentelemetry: 'peergate.authority.expiry_timestamp',
    help: 'When the first CA of a client CA set expires, in seconds since the epoch.',
    unit: 's',
    labels: ['gate', 'trust_set', 'role'],
  },
  revocationListNextUpdate: {
    prometheus: 'peergate_revocation_list_next_update_timestamp_seconds',
    opentelemetry: 'peergate.revocation_list.next_update_timestamp',
    help: 'When the first revocation list of a client CA set is due, in seconds since the epoch.',
    unit: 's',
    labels: ['gate', 'trust_set'],
  },
  rolloutReady: {
    prometheus: 'peergate_rollout_ready',
    opentelemetry: 'peergate.rollout.ready',
    help: 'Whether the ledger of a gate says that it can enforce: 1 yes, 0 no, -1 unknown.',
    unit: '{verdict}',
    labels: ['gate'],
  },
}

/** What the measuring subscriber itself lost. */
export const subscriberFaults: Measurement = {
  prometheus: 'peergate_subscriber_faults_total',
  opentelemetry: 'peergate.subscriber.faults',
  help: 'Events and readings that are missing in these metrics, since taking them threw or caused them.',
  unit: '{fault}',
  labels: [],
}

export type Labels = Readonly<Record<string, string>>
