/** Where a service that demands mutual TLS and reads an identity loses a client. */
export type StoppedAt = 'client' | 'identity' | 'tls'

export interface ClientKindFacts {
  /** What there is about the certificate, to stand behind "a client". */
  readonly label: string
  /**
   * `client`: the client's own TLS library refuses what it was given, and never connects. `tls`: the
   * server refuses it before a byte of HTTP. `identity`: the server trusts the certificate, which gives
   * no identity. Null for a client that is to be let in.
   */
  readonly stoppedAt: StoppedAt | null
}

/** Every client that a test of a gate needs, by what is wrong with its certificate, and two that are right. */
export type ClientKind =
  | 'accepted'
  | 'ca-as-client'
  | 'expired'
  | 'hostile-names'
  | 'mismatched-key'
  | 'missing-intermediate'
  | 'no-identity'
  | 'none'
  | 'not-yet-valid'
  | 'oversize'
  | 'revoked'
  | 'rogue-ca'
  | 'several-identities'
  | 'weak-key'
  | 'wrong-ca'
  | 'wrong-order'
  | 'wrong-purpose'

/** What is known of each kind; in the order in which a test goes through them best. */
export const clientKinds: Readonly<Record<ClientKind, ClientKindFacts>> = {
  accepted: { label: 'with a certificate of its own', stoppedAt: null },
  'wrong-order': { label: 'whose intermediates come in the wrong order', stoppedAt: null },
  none: { label: 'without a certificate', stoppedAt: 'tls' },
  expired: { label: 'whose certificate has expired', stoppedAt: 'tls' },
  'not-yet-valid': { label: 'whose certificate is not valid yet', stoppedAt: 'tls' },
  'wrong-ca': { label: 'of a CA that the server does not know', stoppedAt: 'tls' },
  'rogue-ca': {
    label: 'of a rogue CA with the name and the key identifier of the right one',
    stoppedAt: 'tls',
  },
  'missing-intermediate': { label: 'that leaves its intermediates out', stoppedAt: 'tls' },
  'wrong-purpose': { label: 'whose certificate is for servers alone', stoppedAt: 'tls' },
  'ca-as-client': { label: 'whose certificate may sign others', stoppedAt: 'tls' },
  revoked: { label: 'whose certificate is revoked', stoppedAt: 'tls' },
  'weak-key': { label: 'with an RSA key of 1024 bits', stoppedAt: 'tls' },
  oversize: { label: 'whose certificate is larger than TLS libraries take', stoppedAt: 'tls' },
  'mismatched-key': { label: 'whose key belongs to another certificate', stoppedAt: 'client' },
  'several-identities': { label: 'whose certificate has two identities', stoppedAt: 'identity' },
  'no-identity': { label: 'whose certificate names nobody', stoppedAt: 'identity' },
  'hostile-names': {
    label: 'whose names are written to be read as those of another',
    stoppedAt: 'identity',
  },
}
