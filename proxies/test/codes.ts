export const untrusted = 'ERR_PEERGATE_PROXY_UNTRUSTED'
export const missing = 'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING'
export const malformed = 'ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED'
export const unverified = 'ERR_PEERGATE_FORWARDED_IDENTITY_UNVERIFIED'
export const ambiguous = 'ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS'
export const tooLow = 'ERR_PEERGATE_ASSURANCE_TOO_LOW'
export const invalid = 'ERR_PEERGATE_IDENTITY_INVALID'

/** What callers are told by servers that end a handshake with an alert. */
export const toldByAlerts = {
  nobody: 'ERR_PEERGATE_CERTIFICATE_MISSING',
  stranger: 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
}
