/** The part of a request's way that an error belongs to; the two gates are never counted as one. */
export type PeerGateLayer =
  'tls' | 'proxy' | 'identity' | 'authorization' | 'configuration' | 'upstream'

/** Every code that a {@link PeerGateError} can carry. Codes are API; `docs/errors/` has a page for each. */
export type PeerGateErrorCode =
  | 'ERR_PEERGATE_ASSERTION_REFUSED'
  | 'ERR_PEERGATE_ASSURANCE_TOO_LOW'
  | 'ERR_PEERGATE_AUDIT_FAILED'
  | 'ERR_PEERGATE_AUTHORIZER_DENIED'
  | 'ERR_PEERGATE_AUTHORIZER_FAULTY'
  | 'ERR_PEERGATE_CERTIFICATE_EXPIRED'
  | 'ERR_PEERGATE_CERTIFICATE_IS_CA'
  | 'ERR_PEERGATE_CERTIFICATE_KEY_WEAK'
  | 'ERR_PEERGATE_CERTIFICATE_MALFORMED'
  | 'ERR_PEERGATE_CERTIFICATE_MISSING'
  | 'ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID'
  | 'ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG'
  | 'ERR_PEERGATE_CERTIFICATE_REVOKED'
  | 'ERR_PEERGATE_CERTIFICATE_TOO_LARGE'
  | 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'
  | 'ERR_PEERGATE_CLIENT_CA_INVALID'
  | 'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID'
  | 'ERR_PEERGATE_CLIENT_KEY_INVALID'
  | 'ERR_PEERGATE_CONDITION_FAULTY'
  | 'ERR_PEERGATE_CONDITION_UNMET'
  | 'ERR_PEERGATE_CONNECTION_CLOSED'
  | 'ERR_PEERGATE_CONNECTION_NOT_CAPTURED'
  | 'ERR_PEERGATE_CONNECTION_NOT_TLS'
  | 'ERR_PEERGATE_FILE_UNREADABLE'
  | 'ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS'
  | 'ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED'
  | 'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING'
  | 'ERR_PEERGATE_FORWARDED_IDENTITY_UNVERIFIED'
  | 'ERR_PEERGATE_GATE_FAULTY'
  | 'ERR_PEERGATE_GATE_FOREIGN'
  | 'ERR_PEERGATE_HANDSHAKE_FAILED'
  | 'ERR_PEERGATE_HOST_MISMATCH'
  | 'ERR_PEERGATE_HOST_UNKNOWN'
  | 'ERR_PEERGATE_IDENTITY_AMBIGUOUS'
  | 'ERR_PEERGATE_IDENTITY_DENIED'
  | 'ERR_PEERGATE_IDENTITY_INVALID'
  | 'ERR_PEERGATE_IDENTITY_MISSING'
  | 'ERR_PEERGATE_MIDDLEWARE_MISSING'
  | 'ERR_PEERGATE_OPTION_INVALID'
  | 'ERR_PEERGATE_PATTERN_INVALID'
  | 'ERR_PEERGATE_PEM_INVALID'
  | 'ERR_PEERGATE_PERMISSION_DENIED'
  | 'ERR_PEERGATE_PERMISSION_UNKNOWN'
  | 'ERR_PEERGATE_POLICY_FILE_INVALID'
  | 'ERR_PEERGATE_PROTOCOL_UNSUPPORTED'
  | 'ERR_PEERGATE_PROXY_UNTRUSTED'
  | 'ERR_PEERGATE_REVOCATION_LIST_INVALID'
  | 'ERR_PEERGATE_REVOCATION_UNKNOWN'
  | 'ERR_PEERGATE_ROUTE_TOO_EARLY'
  | 'ERR_PEERGATE_ROUTE_UNDECLARED'
  | 'ERR_PEERGATE_SERVER_CA_INVALID'
  | 'ERR_PEERGATE_SERVER_CERTIFICATE_INVALID'
  | 'ERR_PEERGATE_SERVER_KEY_INVALID'
  | 'ERR_PEERGATE_SERVER_MISMATCH'
  | 'ERR_PEERGATE_SERVER_UNREACHABLE'
  | 'ERR_PEERGATE_SERVER_UNTRUSTED'
  | 'ERR_PEERGATE_SESSION_RESUMED'
  | 'ERR_PEERGATE_TRUST_DOMAIN_MISMATCH'
  | 'ERR_PEERGATE_TRUST_SET_MISMATCH'

/**
 * The one error class of Peergate.
 *
 * `message` is safe to show to a client: for errors of a request it is the code's general sentence.
 * `detail` is for the operator's log; it names what was found in this request or option and lists
 * neither grants, identities nor permissions of anybody else. Errors thrown at creation are read by
 * the developer who made them, so their message carries the detail too.
 *
 * @example
 * ```ts
 * if (error instanceof PeerGateError && error.code === 'ERR_PEERGATE_PERMISSION_DENIED') …
 * ```
 */
export class PeerGateError extends Error {
  override readonly name = 'PeerGateError'
  readonly code: PeerGateErrorCode
  readonly layer: PeerGateLayer
  /**
   * The HTTP status that answers this error: 401, 403, 421 for a request on the connection of another
   * host, 500 for a fault of the deployment, or 502 for a server that is called in turn.
   */
  readonly statusCode: 401 | 403 | 421 | 500 | 502
  /** What was found, for the operator's log; a client never sees it. */
  readonly detail: string

  /** The server that was called; null for errors of one's own clients and options. */
  readonly upstream: Upstream | null

  constructor(
    code: PeerGateErrorCode,
    detail: string,
    options: { readonly cause?: unknown; readonly upstream?: Upstream } = {},
  ) {
    const { layer, statusCode, moment, sentence } = descriptions[code]
    const { cause, upstream = null } = options
    super(
      moment === 'creation' ? `${sentence}: ${detail}` : sentence,
      cause === undefined ? undefined : { cause },
    )
    this.code = code
    this.layer = layer
    // What a server says of us, our own clients must not take for themselves.
    this.statusCode = upstream === null ? statusCode : 502
    this.detail = detail
    this.upstream = upstream
    // Many requests can get the same error, and what one of their handlers does to it must not reach
    // the answers to the others.
    for (const key of ['code', 'layer', 'statusCode', 'detail', 'upstream'] as const) {
      Object.defineProperty(this, key, { writable: false, configurable: false })
    }
  }

  /** Leaves out `detail` and `cause`, so that an error sent by mistake tells a client nothing more. */
  toJSON(): Pick<PeerGateError, 'code' | 'layer' | 'message' | 'name' | 'statusCode'> {
    const { name, code, layer, statusCode, message } = this
    return { name, code, layer, statusCode, message }
  }
}

/** A server that was called, in an error of the calling side; frozen. */
export interface Upstream {
  /** Host and port: `invoices.example:8443`. */
  readonly target: string
  /** The server name that was sent (SNI); null for an address, which is none. */
  readonly servername: string | null
  /** `configured`: it was shown if the server asked for one. `withheld`: the target is not listed. */
  readonly certificate: 'configured' | 'withheld'
}

/** The general sentence of `code`, which tells nothing of what was found, whatever its moment. */
export function sentenceOf(code: PeerGateErrorCode): string {
  return descriptions[code].sentence
}

interface ErrorDescription {
  readonly layer: PeerGateLayer
  readonly statusCode: PeerGateError['statusCode']
  /** `creation`: thrown by a factory, to its developer. `request`: met while serving a peer. */
  readonly moment: 'creation' | 'request'
  readonly sentence: string
}

/**
 * 401 says that no certificate was accepted; 403 that one was, but no identity follows from it or
 * the identity lacks what the route demands.
 */
const descriptions: Readonly<Record<PeerGateErrorCode, ErrorDescription>> = {
  ERR_PEERGATE_ASSERTION_REFUSED: ofProxy(
    'an identity without its certificate is not accepted by this service',
  ),
  ERR_PEERGATE_ASSURANCE_TOO_LOW: ofPermission(
    'the identity of the client is not known with the assurance that this demands',
  ),
  ERR_PEERGATE_AUDIT_FAILED: ofOption(
    'every permission must be needed by a route and held by somebody',
  ),
  ERR_PEERGATE_AUTHORIZER_DENIED: ofPermission('the client may not do this'),
  ERR_PEERGATE_AUTHORIZER_FAULTY: ofPermission(
    'this service cannot tell whether the client may do this',
  ),
  ERR_PEERGATE_CERTIFICATE_EXPIRED: ofPeer('the client certificate has expired'),
  ERR_PEERGATE_CERTIFICATE_IS_CA: ofPeer(
    'a certificate that may sign certificates cannot be a client certificate',
  ),
  ERR_PEERGATE_CERTIFICATE_KEY_WEAK: ofPeer(
    'the key of the client certificate is not strong enough',
  ),
  ERR_PEERGATE_CERTIFICATE_MALFORMED: ofPeer('the client certificate is malformed'),
  ERR_PEERGATE_CERTIFICATE_MISSING: ofPeer('a client certificate is required'),
  ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID: ofPeer('the client certificate is not valid yet'),
  ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG: ofPeer(
    'the client certificate was not issued for client authentication',
  ),
  ERR_PEERGATE_CERTIFICATE_REVOKED: ofPeer('the client certificate has been revoked'),
  ERR_PEERGATE_CERTIFICATE_TOO_LARGE: ofPeer(
    'the client certificate is larger than this service reads',
  ),
  ERR_PEERGATE_CERTIFICATE_UNTRUSTED: ofPeer('the client certificate is not trusted'),
  ERR_PEERGATE_CLIENT_CA_INVALID: ofOption(
    'a client CA set must hold only CA certificates, at least one of them valid now',
  ),
  ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID: ofOption(
    'the client certificate must be a leaf that is valid for clients, followed by its intermediates',
  ),
  ERR_PEERGATE_CLIENT_KEY_INVALID: ofOption(
    'the client key must be readable and belong to the client certificate',
  ),
  ERR_PEERGATE_CONDITION_FAULTY: ofPermission(
    'this service cannot tell whether the client may do this',
  ),
  ERR_PEERGATE_CONDITION_UNMET: ofPermission('the client may not do this'),
  ERR_PEERGATE_CONNECTION_CLOSED: ofPeer(
    'the connection was closed before its peer could be identified',
  ),
  ERR_PEERGATE_CONNECTION_NOT_CAPTURED: ofDeployment(
    'this service cannot identify the peers of this connection',
  ),
  ERR_PEERGATE_CONNECTION_NOT_TLS: ofPeer('a mutual-TLS connection is required'),
  ERR_PEERGATE_FILE_UNREADABLE: ofOption('every file named in the options must be readable'),
  ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS: ofProxy(
    'the forwarded identity can be read in more than one way',
  ),
  ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED: ofProxy('the forwarded identity is malformed'),
  ERR_PEERGATE_FORWARDED_IDENTITY_MISSING: ofProxy('a client certificate is required'),
  ERR_PEERGATE_FORWARDED_IDENTITY_UNVERIFIED: ofProxy(
    'the client certificate was not verified by the proxy',
  ),
  ERR_PEERGATE_GATE_FAULTY: ofDeployment('this service cannot identify its peers'),
  ERR_PEERGATE_GATE_FOREIGN: ofOption('a requirement can only be stated for the gate that made it'),
  ERR_PEERGATE_HANDSHAKE_FAILED: ofPeer('the TLS handshake failed'),
  ERR_PEERGATE_HOST_MISMATCH: {
    ...ofPeer('the request is for another host than its connection'),
    statusCode: 421,
  },
  ERR_PEERGATE_HOST_UNKNOWN: ofPeer('the connection is for none of the hosts of this service'),
  ERR_PEERGATE_IDENTITY_AMBIGUOUS: ofIdentity(
    'the client certificate carries more than one identity of the agreed form',
  ),
  ERR_PEERGATE_IDENTITY_DENIED: ofIdentity('the identity is denied by this service'),
  ERR_PEERGATE_IDENTITY_INVALID: ofIdentity(
    'the identity in the client certificate is not well-formed',
  ),
  ERR_PEERGATE_IDENTITY_MISSING: ofIdentity(
    'the client certificate carries no identity of the agreed form',
  ),
  ERR_PEERGATE_MIDDLEWARE_MISSING: ofDeployment(
    'this service did not identify the peer before it had to decide',
  ),
  ERR_PEERGATE_OPTION_INVALID: ofOption('options must be well-formed'),
  ERR_PEERGATE_PATTERN_INVALID: ofOption(
    'the identity of a grant must be a pattern of the policy’s kind',
  ),
  ERR_PEERGATE_PEM_INVALID: ofOption('PEM material must consist of whole, well-formed blocks'),
  ERR_PEERGATE_PERMISSION_DENIED: ofPermission('the client may not do this'),
  ERR_PEERGATE_PERMISSION_UNKNOWN: ofOption('a permission must be one of the policy’s vocabulary'),
  ERR_PEERGATE_POLICY_FILE_INVALID: ofOption('a policy file must be one well-formed document'),
  ERR_PEERGATE_PROTOCOL_UNSUPPORTED: ofPeer('the connection’s TLS version is not accepted'),
  ERR_PEERGATE_PROXY_UNTRUSTED: ofProxy('the sender of the request is not a trusted proxy'),
  ERR_PEERGATE_REVOCATION_LIST_INVALID: ofOption(
    'a revocation list must be whole, well-formed and signed by a CA of its set',
  ),
  ERR_PEERGATE_REVOCATION_UNKNOWN: ofPeer(
    'this service cannot tell whether the client certificate has been revoked',
  ),
  ERR_PEERGATE_ROUTE_TOO_EARLY: ofOption(
    'what guards routes must be set up before they are declared',
  ),
  ERR_PEERGATE_ROUTE_UNDECLARED: ofDeployment('this service does not say who may use this route'),
  ERR_PEERGATE_SERVER_CA_INVALID: ofOption('the CAs of the servers must be CA certificates'),
  ERR_PEERGATE_SERVER_CERTIFICATE_INVALID: ofOption(
    'the server certificate must be a leaf, followed by its intermediates',
  ),
  ERR_PEERGATE_SERVER_KEY_INVALID: ofOption(
    'the server key must be readable and belong to the server certificate',
  ),
  ERR_PEERGATE_SERVER_MISMATCH: ofServer('the server is not the one that was meant'),
  ERR_PEERGATE_SERVER_UNREACHABLE: ofServer('the server could not be reached'),
  ERR_PEERGATE_SERVER_UNTRUSTED: ofServer('the certificate of the server is not trusted'),
  ERR_PEERGATE_SESSION_RESUMED: ofPeer('resumed TLS sessions are not accepted'),
  ERR_PEERGATE_TRUST_DOMAIN_MISMATCH: ofIdentity('the identity belongs to another trust domain'),
  ERR_PEERGATE_TRUST_SET_MISMATCH: ofPermission('the client certificate is not accepted for this'),
}

function ofPeer(sentence: string): ErrorDescription {
  return { layer: 'tls', statusCode: 401, moment: 'request', sentence }
}

/** Met while calling somebody else. */
function ofServer(sentence: string): ErrorDescription {
  return { layer: 'upstream', statusCode: 502, moment: 'request', sentence }
}

function ofProxy(sentence: string): ErrorDescription {
  return { layer: 'proxy', statusCode: 401, moment: 'request', sentence }
}

function ofIdentity(sentence: string): ErrorDescription {
  return { layer: 'identity', statusCode: 403, moment: 'request', sentence }
}

function ofPermission(sentence: string): ErrorDescription {
  return { layer: 'authorization', statusCode: 403, moment: 'request', sentence }
}

function ofOption(sentence: string): ErrorDescription {
  return { layer: 'configuration', statusCode: 500, moment: 'creation', sentence }
}

function ofDeployment(sentence: string): ErrorDescription {
  return { layer: 'configuration', statusCode: 500, moment: 'request', sentence }
}
