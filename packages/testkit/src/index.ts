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
export { clientKinds } from './connection/client-kinds.js'
export type { ClientKind, ClientKindFacts, StoppedAt } from './connection/client-kinds.js'
export type { ClientNames } from './connection/client-names.js'
export { createTestPki } from './connection/test-pki.js'
export type {
  TestClientCredentials,
  TestClientRequest,
  TestPki,
  TestPkiOptions,
} from './connection/test-pki.js'
export { withServer } from './connection/with-server.js'
export type {
  FastifyLike,
  RunningServer,
  TestableApp,
  WithServerOptions,
} from './connection/with-server.js'
export type { ConnectAsOptions } from './connection/connect-as.js'
export { describeReport } from './connection/connection-report.js'
export type {
  ConnectionAnswer,
  ConnectionReport,
  GateRefusal,
} from './connection/connection-report.js'
export { assertAnswered, assertRefusedInTls } from './connection/assert-report.js'
export { bypassedSource } from './bypass/bypassed-source.js'
export { withClientIdentity } from './bypass/with-client-identity.js'
export type {
  BypassableApp,
  BypassedRequestOptions,
  BypassOptions,
  FastifyRouting,
  GateBypass,
} from './bypass/with-client-identity.js'
export type { ConformanceResult } from './conformance-result.js'
export { forgedHeaders } from './gate-conformance/forged-headers.js'
export { gateConformance } from './gate-conformance/gate-conformance.js'
export type { GateConformanceTarget } from './gate-conformance/gate-conformance.js'
export { proxyConformance } from './proxy-conformance/proxy-conformance.js'
export type { ProxyConformanceTarget } from './proxy-conformance/proxy-conformance-target.js'
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
