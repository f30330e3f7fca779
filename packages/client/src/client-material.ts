import type { Material } from '@peergate/core'

/** What a client proves itself with, and whom it believes. */
export interface ClientMaterial {
  /** The leaf certificate, followed by its intermediates, each of which issued the one before it. */
  readonly cert: Material
  readonly key: Material
  /** Only for an encrypted key. */
  readonly passphrase?: string | undefined
  /** The CAs that the servers are verified by. Public roots are never added. */
  readonly serverCas: Material | readonly Material[]
}

/** Where material comes from that is not in files, such as an agent of the host. */
export interface ClientMaterialSource {
  /** The newest material, which must be there before the identity is made. May throw. */
  readonly read: () => ClientMaterial
  /** Calls `changed` whenever there is newer material; gives what stops that. */
  readonly watch?: (changed: () => void) => () => void
}
