export { findProxy, proxyNames } from './find-proxy.js'
export type { InstalledProxy, ProxyName } from './find-proxy.js'
export { startProxy } from './start-proxy.js'
export type { RunningProxy, StartProxyOptions } from './start-proxy.js'
