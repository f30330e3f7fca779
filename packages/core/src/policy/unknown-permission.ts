import { PeerGateError } from '../errors.js'
import { optionError, unknownName } from '../options.js'

/** @throws {PeerGateError} ERR_PEERGATE_PERMISSION_UNKNOWN; ERR_PEERGATE_OPTION_INVALID for no text */
export function refuseUnknownPermission(tag: unknown, known: readonly string[]): void {
  if (typeof tag !== 'string') throw optionError('permission', 'must be a text')
  if (known.includes(tag)) return
  const fault = unknownName('permission', tag, known)
  throw new PeerGateError('ERR_PEERGATE_PERMISSION_UNKNOWN', fault)
}
