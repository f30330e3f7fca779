import { PeerGateError } from '../errors.js'

/** The proxy says that its client has no certificate. `header` is where it says so. */
export function absent(header: string): PeerGateError {
  const fault = `${header} says that the client has no certificate`
  return new PeerGateError('ERR_PEERGATE_FORWARDED_IDENTITY_MISSING', fault)
}

/** Nothing was sent of what a contract reads, which is how many a proxy says the same. */
export function nothingSent(headers: readonly string[]): PeerGateError {
  const fault = `the proxy sent no ${headers.join(' or ')}`
  return new PeerGateError('ERR_PEERGATE_FORWARDED_IDENTITY_MISSING', fault)
}

/** A header that breaks its grammar; nothing in it is taken for an identity. */
export function malformed(header: string, fault: string, cause?: unknown): PeerGateError {
  const code = 'ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED'
  return new PeerGateError(code, `${header} ${fault}`, { cause })
}

/** A header from which more than one identity could be read. */
export function ambiguous(header: string, fault: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS', `${header} ${fault}`)
}

/** The proxy says that it did not verify the certificate of its client. */
export function unverified(header: string, fault: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_FORWARDED_IDENTITY_UNVERIFIED', `${header} ${fault}`)
}
