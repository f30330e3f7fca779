export { mintPki } from './mint-pki.js'
export type {
  MintedCertificate,
  MintedLeaf,
  MintedRevocationList,
  MintPkiOptions,
  Pki,
} from './mint-pki.js'
export type {
  AuthorityDeclaration,
  KeyAlgorithm,
  LeafDeclaration,
  LeafRequest,
  LeafUsage,
  PkiDeclaration,
  RevocationListRequest,
  ValidityDeclaration,
} from './pki-declaration.js'
export { writePki } from './write-pki.js'
export type { WritePkiOptions, WrittenPki } from './write-pki.js'
export { adapterConformance } from './adapter-conformance.js'
export type { ConformanceApp, ConformanceCase, ConformanceTarget } from './conformance-target.js'
export { eventConformance } from './event-conformance.js'
export { rolloutConformance } from './rollout-conformance.js'
export { createPlainTarget } from './plain-target.js'
export { decisionConformance, requestDecisions } from './decision-conformance.js'
export type {
  DecisionGates,
  DecisionGroup,
  DecisionRoute,
  DecisionTarget,
  RunningGroup,
} from './decision-conformance/target.js'
export {
  createConformanceGates,
  forwardedHeaders,
  gateName,
  proxyId,
  readerId,
} from './conformance-gates.js'
export type {
  ConformanceGates,
  ConformanceGatesOptions,
  ConformancePermission,
} from './conformance-gates.js'
export { openTestClient } from './test-client.js'
export type { TestClient, TestClientOptions, TestResponse } from './test-client.js'
