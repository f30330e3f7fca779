import { optionError } from '@peergate/core/options'

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where `NODE_ENV` is `production` */
export function refuseProduction(owner: string): void {
  if (!isProduction()) return
  throw optionError(
    owner,
    'it bypasses the TLS gate, and NODE_ENV is "production"; use it in tests',
  )
}

export function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production'
}
