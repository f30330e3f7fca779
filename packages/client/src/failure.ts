import type { PeerGateErrorCode } from '@peergate/core'

/** What a failed call means, as far as the wire tells. */
export interface Failure {
  readonly code: PeerGateErrorCode
  /** What happened, as a clause without a full stop. */
  readonly cause: string
  /** What to do about it, as a clause without a full stop. */
  readonly remedy: string
}

/** Also where it may be something else: an alert that says no more, and no certificate was sent. */
export const missingCertificate: Failure = {
  code: 'ERR_PEERGATE_CERTIFICATE_MISSING',
  cause: 'the server demands a certificate, and none was sent',
  remedy: 'name the server among servers, as it is called, with its port',
}

/** The alerts by which a server ends a handshake (RFC 8446 §6, RFC 5246 §7.2). */
export const alerts: ReadonlyMap<number, Failure> = new Map([
  [
    40,
    {
      code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
      cause: 'the server found no terms in common (alert handshake_failure)',
      remedy: 'compare TLS versions, cipher suites and the type of key with the server',
    },
  ],
  [42, untrusted('bad_certificate')],
  [
    43,
    {
      code: 'ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG',
      cause: 'the server does not take this kind of certificate (alert unsupported_certificate)',
      remedy: 'issue it with the extended key usage clientAuth',
    },
  ],
  [
    44,
    {
      code: 'ERR_PEERGATE_CERTIFICATE_REVOKED',
      cause: 'the server knows the certificate as revoked (alert certificate_revoked)',
      remedy: 'get a new certificate with a new key',
    },
  ],
  [
    45,
    {
      code: 'ERR_PEERGATE_CERTIFICATE_EXPIRED',
      cause: 'to the server the certificate is not valid now (alert certificate_expired)',
      remedy: 'renew it, and compare the clocks',
    },
  ],
  [46, untrusted('certificate_unknown')],
  [48, untrusted('unknown_ca')],
  [49, untrusted('access_denied')],
  [
    70,
    {
      code: 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED',
      cause: 'the server does not speak this version of TLS (alert protocol_version)',
      remedy: 'compare minVersion with what the server speaks',
    },
  ],
  [
    112,
    {
      code: 'ERR_PEERGATE_HOST_UNKNOWN',
      cause: 'the server is not the host that was asked for (alert unrecognized_name)',
      remedy: 'compare the name with those that the server answers to',
    },
  ],
  [116, missingCertificate],
] as const)

function untrusted(alert: string): Failure {
  return {
    code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    cause: `the server does not trust the certificate (alert ${alert})`,
    remedy:
      'compare its issuer with the client CAs of the server, and send the intermediates along',
  }
}

/** Of what Node calls an error of the network. */
export const unreachable: Failure = {
  code: 'ERR_PEERGATE_SERVER_UNREACHABLE',
  cause: 'no connection to the server could be made',
  remedy: 'check that it runs, and is known by this name and port',
}

export const lost: Failure = {
  code: 'ERR_PEERGATE_SERVER_UNREACHABLE',
  cause: 'the server closed a connection that had been in use before it answered',
  remedy: 'send the request again if it may be performed twice',
}

/** In TLS 1.3 a client is done before the server has judged it, so that this is all it hears. */
export const hungUp: Failure = {
  code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
  cause:
    'the server closed the new connection without a word, as many do that refuse a certificate',
  remedy:
    'look into the log of the server for the reason: its CAs, an end, a revocation, a missing intermediate',
}

export const notTls: Failure = {
  code: 'ERR_PEERGATE_CONNECTION_NOT_TLS',
  cause: 'what the server speaks on this port is not TLS',
  remedy: 'check the port, and whether TLS ends at a proxy before it',
}

export const otherName: Failure = {
  code: 'ERR_PEERGATE_SERVER_MISMATCH',
  cause: 'the certificate of the server is not for this host',
  remedy: 'call it by a name that it bears, or state its SPIFFE ID',
}

export const untrustedServer: Failure = {
  code: 'ERR_PEERGATE_SERVER_UNTRUSTED',
  cause: 'the certificate of the server does not lead to one of serverCas, or is not valid now',
  remedy: 'name the CA that issued it, and let the server send its intermediates',
}

export const otherFailure: Failure = {
  code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
  cause: 'the handshake failed',
  remedy: 'look the reason up in the documentation of Node and OpenSSL',
}
