import { createHash } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import type { ClientCas } from './client-cas.js'
import type { Denylist } from './denylist.js'
import type { Resumption } from './resumption.js'
import { addSessions, createServerOptions } from './server-options.js'
import type { MinVersion, Refusals, TlsServerOptions } from './server-options.js'
import type { ServerMaterial } from './server-material.js'

/** Everything that decides who is admitted, read as a whole and replaced as a whole. */
export interface TrustState {
  /**
   * The SHA-256 over what is trusted and what is revoked, 64 hexadecimal digits: processes with the
   * same trust have the same epoch, however their files are written.
   */
  readonly epoch: string
  readonly clientCas: ClientCas
  readonly denylist: Denylist
  /** What everybody may see, and make servers with. */
  readonly serverOptions: TlsServerOptions
  /** What the context of an attached server is made of: with the keys of its session tickets. */
  readonly contextOptions: SecureContextOptions
}

export function createTrustState(parts: {
  readonly server: ServerMaterial
  readonly clientCas: ClientCas
  readonly denylist: Denylist
  readonly minVersion: MinVersion
  readonly refusals: Refusals
  readonly resumption: Resumption
}): TrustState {
  const { server, clientCas, denylist, resumption, ...rules } = parts
  const epoch = createHash('sha256')
    .update(JSON.stringify({ clientCas: clientCas.canonical, denylist: denylist.canonical }))
    .digest('hex')
  const serverOptions = createServerOptions(server, { bundle: clientCas.bundle, epoch, ...rules })
  const contextOptions = addSessions(serverOptions, resumption.sessionOptions(epoch))
  return Object.freeze({ epoch, clientCas, denylist, serverOptions, contextOptions })
}
