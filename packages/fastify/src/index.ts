export { peergate, peergate as default } from './plugin.js'
export type { PeergateOptions } from './plugin.js'
export type { RequirementHook } from './enforce.js'
export { requireIdentity } from './request-admission.js'
