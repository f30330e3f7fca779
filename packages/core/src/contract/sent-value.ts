import { absent, nothingSent } from './contract-fault.js'
import type { ForwardedHeaders } from './proxy-contract.js'

/**
 * The value of the one header of a contract, by whose absence the proxy says that there is no
 * certificate. One that was sent empty is one that was not sent.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MISSING
 */
export function sentValue(headers: ForwardedHeaders, header: string): string {
  const value = headers.value(header)
  if (value === null) throw nothingSent([header])
  if (value === '') throw absent(header)
  return value
}
