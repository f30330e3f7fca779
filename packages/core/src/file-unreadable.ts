import { PeerGateError } from './errors.js'

/** The error of a file that could not be opened or read; `role` is what it is for. */
export function fileUnreadable(role: string, path: string, cause: unknown): PeerGateError {
  const { code } = cause as NodeJS.ErrnoException
  const fault = `${role}: ${JSON.stringify(path)} could not be read (${code})`
  return new PeerGateError('ERR_PEERGATE_FILE_UNREADABLE', fault, { cause })
}
