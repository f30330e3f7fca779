/**
 * How certificates, keys and files are read: `@peergate/core/material` to the other packages of
 * Peergate, so that all of them refuse the same in the same words; it is no API for anybody else.
 */
export { openCertificate } from './certificate/open-certificate.js'
export { refuseUnfitLeaf } from './certificate/leaf.js'
export { formatDistinguishedName } from './certificate/format-distinguished-name.js'
export { parseSpiffeId } from './identity-value/spiffe-id.js'
export { parseDnsName } from './identity-value/dns-name.js'
export { quote } from './identity-value/quote.js'
export { containCallback } from './contain-callback.js'
export { watchFiles } from './reload/watch-files.js'
export { reloadSchema } from './reload/reload-options.js'
export type { ParsedReloadOptions } from './reload/reload-options.js'
export { isIssuedBy, loadCertificates } from './tls/load-certificates.js'
export type { LoadedCertificate, LoadedCertificates } from './tls/load-certificates.js'
export { isPath, materialSchema, readMaterial, withRoles } from './tls/material.js'
