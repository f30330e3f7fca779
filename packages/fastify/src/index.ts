export { peergate, peergate as default, requireIdentity } from './plugin.js'
export type { PeergateOptions } from './plugin.js'
