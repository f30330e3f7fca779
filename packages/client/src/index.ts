export { createClientIdentity } from './client-identity.js'
export type { CallingIdentity, HttpsAgentOptions } from './client-identity.js'
export type {
  ClientIdentityOptions,
  ClientIdentityRules,
  RotationOutcome,
} from './client-identity-options.js'
export type { ClientMaterial, ClientMaterialSource } from './client-material.js'
export type { DispatcherOptions } from './dispatcher.js'
export type { Http2Connection } from './http2-connection.js'
export type { ServerRule } from './server-rule.js'
