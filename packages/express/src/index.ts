export { auditRoutes } from './audit.js'
export { clientIdentity, requireIdentity } from './client-identity.js'
export { declareRoutes, passThrough } from './declare-routes.js'
export { authenticated, denyUnmatched, publicRoute, requirePermission } from './requirement.js'
