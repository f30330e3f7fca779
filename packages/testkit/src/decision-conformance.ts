import { commonName, dnsSan, emailSan, ipSan, spiffe, upn, uriSan } from '@peergate/core'
import { readForwarded } from './conformance-gates.js'
import { commonNameCases, emailCases, upnCases } from './decision-conformance/accounts.js'
import {
  assertedCases,
  tlsAssuranceCases,
  verifiedCases,
} from './decision-conformance/assurance.js'
import {
  fingerprintCases,
  roleCases,
  trustSetCases,
  windowCases,
} from './decision-conformance/conditions.js'
import { engineCases } from './decision-conformance/engine.js'
import { denialCases } from './decision-conformance/grants.js'
import { createGroup } from './decision-conformance/group.js'
import { dnsCases, ipCases } from './decision-conformance/hosts.js'
import { predicateCases, shapeCases } from './decision-conformance/requirements.js'
import { shadowCases } from './decision-conformance/shadow.js'
import { spiffeCases } from './decision-conformance/spiffe.js'
import type { DecisionGroup } from './decision-conformance/target.js'
import { tenantCases } from './decision-conformance/tenancy.js'
import { uriCases } from './decision-conformance/uri.js'

const ofDomain = spiffe({ trustDomain: 'prod.example' })

/** Which identities a grant is for, by each kind. */
const identityDecisions: readonly DecisionGroup[] = [
  createGroup({ name: 'SPIFFE IDs', rule: ofDomain, cases: spiffeCases }),
  createGroup({ name: 'URIs', rule: uriSan(), cases: uriCases }),
  createGroup({ name: 'DNS names', rule: dnsSan(), cases: dnsCases }),
  createGroup({ name: 'IP addresses', rule: ipSan(), cases: ipCases }),
  createGroup({ name: 'mailboxes', rule: emailSan(), cases: emailCases }),
  createGroup({ name: 'user principal names', rule: upn(), cases: upnCases }),
  createGroup({ name: 'common names', rule: commonName(), cases: commonNameCases }),
]

/**
 * The part of {@link decisionConformance} in which more than the identity counts: the grants on
 * conditions, the parameters, the request, an engine and a proxy. For further versions of a framework.
 */
export const requestDecisions: readonly DecisionGroup[] = [
  createGroup({
    name: 'grants',
    rule: ofDomain,
    cases: [
      ...denialCases,
      ...windowCases,
      ...fingerprintCases,
      ...roleCases,
      ...trustSetCases,
      ...tlsAssuranceCases,
    ],
  }),
  createGroup({ name: 'tenants', rule: ofDomain, cases: tenantCases }),
  createGroup({
    name: 'requirements',
    rule: ofDomain,
    cases: [...shapeCases, ...predicateCases],
  }),
  createGroup({ name: 'what is only tried', rule: ofDomain, cases: shadowCases, hasShadow: true }),
  createGroup({ name: 'an engine', rule: ofDomain, cases: engineCases, decides: 'engine' }),
  createGroup({
    name: 'clients that a proxy verified',
    rule: ofDomain,
    cases: verifiedCases,
    forwarded: (tls) => readForwarded(tls, ofDomain, true),
  }),
  createGroup({
    name: 'clients that a proxy forwards',
    rule: ofDomain,
    cases: assertedCases,
    forwarded: (tls) => readForwarded(tls, ofDomain, false),
  }),
]

/**
 * What every adapter must decide, over real handshakes: each group is one policy and one application,
 * each case of it one request on a route of its own.
 */
export const decisionConformance: readonly DecisionGroup[] = [
  ...identityDecisions,
  ...requestDecisions,
]
