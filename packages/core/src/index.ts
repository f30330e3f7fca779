export { createPeerGate } from './gate.js'
export type { PeerGate } from './gate.js'
export type { PeerGateOptions } from './gate-options.js'
export type { Admission, Admit, Identified, Unidentified } from './admission.js'
export type { ClientIdentity, IdentityKind } from './client-identity.js'
export { PeerGateError } from './errors.js'
export type { PeerGateErrorCode, PeerGateLayer, Upstream } from './errors.js'
export type { Assurance } from './assurance.js'
export type { AnonymousPeer, PeerEvidence } from './evidence.js'
export { createRefusalAnswer } from './refusal-answer.js'
export type { RefusalAnswer, RefusalAnswerOptions } from './refusal-answer.js'
export type { CreateProblem, ProblemDetails } from './problem-details.js'
export type { RolloutMode } from './rollout-mode.js'

export { createRolloutLedger } from './rollout/rollout-ledger.js'
export type {
  RolloutLedger,
  RolloutLedgerLimits,
  RolloutLedgerOptions,
} from './rollout/rollout-ledger.js'
export type {
  LedgerAccepted,
  LedgerAuthority,
  LedgerDropped,
  LedgerEntry,
  LedgerExport,
  LedgerIdentity,
  LedgerRefusal,
  LedgerRoute,
  LedgerStage,
  LedgerUnattributed,
  LedgerVerdict,
} from './rollout/ledger-export.js'

export { gateChannels } from './telemetry/gate-channels.js'
export { onGateEvent } from './telemetry/on-gate-event.js'
export type { GateEventChoice, GateSubscription } from './telemetry/on-gate-event.js'
export type { RequestId } from './telemetry/request-id.js'
export type {
  ConnectionAcceptedEvent,
  ConnectionClosedEvent,
  ConnectionFacts,
  GateEvent,
  GateEventType,
  HandshakeRefusedEvent,
  IdentityAbsentEvent,
  IdentityAcceptedEvent,
  IdentityRejectedEvent,
  PermissionAllowedEvent,
  PermissionDeniedEvent,
  Refusal,
  ReloadDoneEvent,
  ReloadFailedEvent,
  RequestFacts,
  UnverifiedPeer,
} from './telemetry/gate-event.js'

export { socketSource } from './source/socket.js'
export type { SocketSourceOptions } from './source/socket.js'
export { forwardedSource } from './source/forwarded.js'
export type { ForwardedCacheOptions, ForwardedSourceOptions } from './source/forwarded.js'
export { trustedByAddress } from './source/trusted-by-address.js'
export type { TrustedByAddressOptions } from './source/trusted-by-address.js'
export { trustedByCertificate } from './source/trusted-by-certificate.js'
export type { TrustedByCertificateOptions } from './source/trusted-by-certificate.js'
export { trustedByUnixSocket } from './source/trusted-by-unix-socket.js'
export type { TrustedByUnixSocket } from './source/trusted-by-unix-socket.js'
export type { TrustedProxies } from './source/trusted-proxies.js'
export type { PeerSource, RequestLike } from './peer-source.js'

export { akamai } from './contract/akamai.js'
export { apache } from './contract/apache.js'
export type { ApacheOptions } from './contract/apache.js'
export { awsAlbPassthrough } from './contract/aws-alb-passthrough.js'
export type { AwsAlbPassthroughOptions } from './contract/aws-alb-passthrough.js'
export { awsAlbVerify } from './contract/aws-alb-verify.js'
export type { AwsAlbVerifyOptions } from './contract/aws-alb-verify.js'
export { azureAppService } from './contract/azure-app-service.js'
export { azureApplicationGateway } from './contract/azure-application-gateway.js'
export type { AzureApplicationGatewayOptions } from './contract/azure-application-gateway.js'
export { azureContainerApps } from './contract/azure-container-apps.js'
export { caddy } from './contract/caddy.js'
export type { CaddyOptions } from './contract/caddy.js'
export { cloudFoundry } from './contract/cloud-foundry.js'
export { cloudflare } from './contract/cloudflare.js'
export type { CloudflareOptions, TlsClientAuthHeaders } from './contract/cloudflare.js'
export { cloudfront } from './contract/cloudfront.js'
export { customContract } from './contract/custom-contract.js'
export type {
  CustomContractOptions,
  CustomHeaders,
  CustomVerify,
  EncodedHeader,
  VerifyHeader,
} from './contract/custom-contract.js'
export type { CertificateEncoding } from './contract/certificate-encoding.js'
export { envoyXfcc } from './contract/envoy-xfcc.js'
export { envoyXfccJson } from './contract/envoy-xfcc-json.js'
export type { EnvoyXfccOptions } from './contract/xfcc/xfcc-options.js'
export { gcp } from './contract/gcp.js'
export type { GcpOptions } from './contract/gcp.js'
export { haproxy } from './contract/haproxy.js'
export type { HaproxyOptions } from './contract/haproxy.js'
export { ingressNginx } from './contract/ingress-nginx.js'
export { linkerd } from './contract/linkerd.js'
export { nginx } from './contract/nginx.js'
export type { NginxOptions } from './contract/nginx.js'
export { rfc9440 } from './contract/rfc9440.js'
export { traefik } from './contract/traefik.js'
export type {
  AssertedIdentity,
  ContractHeader,
  Forwarded,
  ForwardedAssurance,
  ForwardedCertificate,
  ForwardedHeaders,
  ProxyContract,
} from './contract/proxy-contract.js'
export type { ProxyNeverVerifies, ProxyVerifies } from './contract/proxy-verifies.js'

export { createTlsGate } from './tls/tls-gate.js'
export type { TlsGate, TlsGateStatus } from './tls/tls-gate.js'
export type { ConfiguredAuthority, ConfiguredRevocationList } from './tls/authorities.js'
export type {
  ClosingOptions,
  ReloadOutcome,
  ReloadSuccess,
  TlsGateOptions,
  TlsGateRules,
} from './tls/tls-gate-options.js'
export type { ReloadFailure, ReloadOptions } from './reload/reload-options.js'
export type { ClientCaSetOptions } from './tls/client-ca-set.js'
export type { HostOptions, ServerCredentials } from './tls/host-options.js'
export type { ClientCasOptions } from './tls/client-cas.js'
export type { ResumptionOptions } from './tls/resumption.js'
export type { RevocationOptions } from './tls/revocation-options.js'
export type { DenylistOptions } from './tls/denylist.js'
export type { TlsServerOptions } from './tls/server-options.js'
export type { Material } from './tls/material.js'
export type { PeerRefusal } from './tls/refusal.js'
export type { CertificateDescription } from './tls/certificate-description.js'

export { commonName } from './identity-rule/common-name.js'
export { dnsSan } from './identity-rule/dns-san.js'
export { emailSan } from './identity-rule/email-san.js'
export { ipSan } from './identity-rule/ip-san.js'
export { spiffe } from './identity-rule/spiffe.js'
export type { SpiffeOptions } from './identity-rule/spiffe.js'
export { upn } from './identity-rule/upn.js'
export { uriSan } from './identity-rule/uri-san.js'
export type { IdentityRule } from './identity-rule/identity-rule.js'
export type { NoOptions } from './identity-rule/no-options.js'

export type { AssertedFacts, PeerCertificate } from './certificate/asserted-facts.js'
export { commonNames } from './certificate/distinguished-name.js'
export type {
  DistinguishedName,
  NameAttribute,
  RelativeDistinguishedName,
} from './certificate/distinguished-name.js'
export { formatDistinguishedName } from './certificate/format-distinguished-name.js'
export { parseCertificate } from './certificate/parse-certificate.js'
export type { BasicConstraints, CertificateFacts } from './certificate/certificate-facts.js'
export type { KeyUsage } from './certificate/key-usage.js'
export type { PublicKeyFacts } from './certificate/public-key.js'
export type {
  OtherNameValue,
  SubjectAlternativeName,
} from './certificate/subject-alternative-name.js'

export { definePolicy } from './policy/policy.js'
export type { Policy, PolicyOptions } from './policy/policy.js'
export { policyFile } from './policy/file/policy-file.js'
export type { PolicyFile } from './policy/file/policy-file.js'
export type {
  PolicyFileOptions,
  PolicyReloadOutcome,
  PolicyReloadSuccess,
} from './policy/file/policy-file-options.js'
export type { Vocabulary } from './policy/policy-schema.js'
export type {
  AnyIdentityGrant,
  FingerprintGrant,
  Grant,
  GrantScope,
  GrantTerms,
  IdentityGrant,
  Role,
} from './policy/grant/grant.js'
export type {
  AllowedDecision,
  Decision,
  DeniedDecision,
  PendingDecision,
} from './policy/decision/decision.js'
export type { Guard } from './policy/decision/guard.js'
export type { DescribeRequest, RequestPlace, Sender } from './policy/decision/question.js'
export { onceDecided } from './policy/decision/once-decided.js'
export type { AuthorizationQuestion, Authorize } from './policy/decision/authorizer.js'
export { allOf, anyOf } from './policy/requirement/combine.js'
export { when } from './policy/requirement/when.js'
export { withShadow } from './policy/requirement/with-shadow.js'
export type { Predicate } from './policy/requirement/predicate.js'
export {
  authenticated,
  minimumAssurance,
  publicRoute,
  trustSet,
} from './policy/requirement/requirement.js'
export type {
  AllOfRequirement,
  AnyOfRequirement,
  AssuranceRequirement,
  AuthenticatedRequirement,
  IdentityRequirement,
  PermissionRequirement,
  PublicRequirement,
  Requirement,
  ShadowRequirement,
  TrustSetRequirement,
  WhenRequirement,
} from './policy/requirement/requirement.js'
export type { Register, RegisteredPermission } from './policy/register.js'
export type { PolicyBook } from './policy/review/policy-book.js'
export type { DeclaredRoute, RouteList, RouteRequirement } from './policy/review/declared-route.js'
export type { Finding } from './policy/review/audit.js'
export { formatInventory } from './policy/review/format-inventory.js'
export type { InventoryIdentity, InventoryRoute } from './policy/review/inventory.js'
export type {
  ConditionExplanation,
  Explanation,
  GrantExplanation,
  PermissionExplanation,
} from './policy/review/explain.js'
