import type { PeerGateErrorCode } from '../errors.js'

/** What a reason of Node or OpenSSL means. */
export interface Explanation {
  readonly code: PeerGateErrorCode
  /** What happened, as a clause without a full stop. */
  readonly cause: string
  /** What to do about it, as a clause without a full stop. */
  readonly remedy: string
}

/** The reasons with one explanation. `*` stands for a beginning that differs between versions. */
interface Failure extends Explanation {
  readonly reasons: readonly string[]
}

/** Every failure that has an explanation of its own, on OpenSSL 3.0 (Node 20) and 3.5 (later). */
export const failures: readonly Failure[] = [
  {
    reasons: ['*_PEER_DID_NOT_RETURN_A_CERTIFICATE'],
    code: 'ERR_PEERGATE_CERTIFICATE_MISSING',
    cause: 'the client sent no certificate',
    remedy: 'give the client a certificate and its key, issued by a client CA of this service',
  },
  {
    reasons: ['CERT_HAS_EXPIRED'],
    code: 'ERR_PEERGATE_CERTIFICATE_EXPIRED',
    cause: 'a certificate of the client’s chain has expired',
    remedy: 'renew it, or correct the clock of this host',
  },
  {
    reasons: ['CERT_NOT_YET_VALID'],
    code: 'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID',
    cause: 'a certificate of the client’s chain is not valid yet',
    remedy: 'compare the clock of this host with that of the CA',
  },
  {
    reasons: ['INVALID_PURPOSE'],
    code: 'ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG',
    cause: 'the certificate was not issued for client authentication',
    remedy: 'issue it with the extended key usage clientAuth, and with the key usage to match',
  },
  {
    reasons: ['UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    cause: 'the issuer of the certificate is not among the client CAs, nor did the client send it',
    remedy: 'compare the issuer with the client CAs, and let the client send its intermediates',
  },
  {
    reasons: ['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    cause: 'the chain that the client sent does not lead to a client CA of this service',
    remedy: 'compare the issuer of its last certificate with the client CAs',
  },
  {
    reasons: ['DEPTH_ZERO_SELF_SIGNED_CERT'],
    code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    cause: 'the certificate is self-signed',
    remedy: 'give the client a certificate that a client CA of this service issued',
  },
  {
    reasons: ['SELF_SIGNED_CERT_IN_CHAIN'],
    code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    cause: 'the chain ends with a root that is not a client CA of this service',
    remedy: 'check whether the client belongs to another environment before trusting its root',
  },
  {
    reasons: ['CERT_SIGNATURE_FAILURE'],
    code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    cause: 'a signature in the chain is not by the key of the issuer that it names',
    remedy: 'check whether the CA was renewed with a new key; if not, the certificate is forged',
  },
  {
    reasons: ['INVALID_CA', 'PATH_LENGTH_EXCEEDED', 'CERT_CHAIN_TOO_LONG'],
    code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    cause: 'an issuer in the chain may not issue, or not this deep below its root',
    remedy: 'compare basicConstraints and keyUsage of the CAs with the length of the chain',
  },
  {
    reasons: ['CERT_REVOKED'],
    code: 'ERR_PEERGATE_CERTIFICATE_REVOKED',
    cause: 'a certificate of the client’s chain was revoked',
    remedy: 'give the client a new certificate with a new key',
  },
  {
    reasons: ['UNSPECIFIED'],
    code: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
    cause: 'OpenSSL refused the certificate under a rule that Node has no name for',
    remedy: 'look for a weak key or digest in the chain first',
  },
  {
    reasons: ['*_UNSUPPORTED_PROTOCOL', '*_VERSION_TOO_LOW', '*_ALERT_PROTOCOL_VERSION'],
    code: 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED',
    cause: 'client and server have no TLS version in common',
    remedy: 'upgrade the client, or lower minVersion where TLS 1.2 has to be accepted',
  },
  {
    reasons: ['*_HTTP_REQUEST', '*_HTTPS_PROXY_REQUEST'],
    code: 'ERR_PEERGATE_CONNECTION_NOT_TLS',
    cause: 'the client spoke plain HTTP to the TLS port',
    remedy: 'use https:// in its URL, and point health checks at a plain listener of their own',
  },
  {
    reasons: ['*_WRONG_VERSION_NUMBER'],
    code: 'ERR_PEERGATE_CONNECTION_NOT_TLS',
    cause: 'what the client sent is not TLS',
    remedy: 'look for a load balancer that sends a PROXY line first; else it is a scanner',
  },
  {
    reasons: ['*_NO_SHARED_CIPHER', '*_NO_SUITABLE_KEY_SHARE', '*_NO_SUITABLE_GROUPS'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'client and server have no cipher suite or group in common',
    remedy: 'compare their lists, and the key type of the server certificate with both',
  },
  {
    reasons: ['*_NO_SUITABLE_SIGNATURE_ALGORITHM', '*_NO_SHARED_SIGNATURE_ALGORITHMS'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'the client accepts no signature that the key of the server certificate can make',
    remedy: 'compare the signature algorithms of the client with the type of that key',
  },
  {
    reasons: ['*_NO_APPLICATION_PROTOCOL'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'client and server have no application protocol (ALPN) in common',
    remedy: 'serve the protocol that the client asks for, such as h2',
  },
  {
    reasons: ['*_EVP_LIB', '*_PROVIDER_SIGNATURE_FAILURE', '*_BAD_SIGNATURE'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'a signature of the client does not verify',
    remedy: 'check that the client’s key belongs to its certificate',
  },
  {
    reasons: ['*_ALERT_UNKNOWN_CA', '*_ALERT_BAD_CERTIFICATE', '*_ALERT_CERTIFICATE_UNKNOWN'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'the client refused the server certificate',
    remedy: 'give the client the CA of the server, and the server its intermediates and names',
  },
  {
    reasons: ['*_ALERT_CERTIFICATE_EXPIRED'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'the client refused the server certificate as expired',
    remedy: 'renew the server certificate, or correct the clock of the client',
  },
  {
    reasons: ['*_ALERT_CERTIFICATE_REVOKED'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'the client refused the server certificate as revoked',
    remedy: 'replace the server certificate and its key',
  },
  {
    reasons: ['*_ALERT_UNSUPPORTED_CERTIFICATE'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'the client refused the kind or the purpose of the server certificate',
    remedy: 'issue the server certificate with the extended key usage serverAuth',
  },
  {
    reasons: [
      '*_ALERT_HANDSHAKE_FAILURE',
      '*_ALERT_INSUFFICIENT_SECURITY',
      '*_ALERT_ILLEGAL_PARAMETER',
    ],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'the client refused what the server chose',
    remedy: 'compare the cipher suites, groups and signature algorithms of both',
  },
  {
    reasons: ['*_ALERT_ACCESS_DENIED', '*_ALERT_USER_CANCELLED', '*_ALERT_INTERNAL_ERROR'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'the client gave up',
    remedy: 'look into the log of the client',
  },
  {
    reasons: ['ERR_TLS_HANDSHAKE_TIMEOUT'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'the client did not finish the handshake in time',
    remedy: 'look for a port check, a client that waits to be spoken to, or a slow network',
  },
  {
    reasons: ['ECONNRESET'],
    code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
    cause: 'the connection was closed in the midst of the handshake',
    remedy: 'look into the log of the client, which may not trust the server certificate',
  },
]
