export { PeerGateError } from './errors.js'
export type { PeerGateErrorCode, PeerGateLayer } from './errors.js'
export type { ClientIdentity, IdentityKind } from './client-identity.js'
export type { Assurance, PeerEvidence } from './evidence.js'
