import { allOf, trustSet } from '@peergate/core'
import type { Role } from '@peergate/core'
import { allowed, denied, earlier, later, refused } from './case.js'
import type { CaseGrant, DecisionAnswer, DecisionCase, OwnPermission } from './case.js'
import { domain, workload } from './spiffe.js'
import type { LeafRequest } from '../pki-declaration.js'

const path = '/ns/conditions/sa/reader'
const identity = `${domain}${path}`
const leaf = workload(path)

type GrantRow = readonly [name: string, grants: readonly CaseGrant[], answer: DecisionAnswer]

function grantCases(
  rows: readonly GrantRow[],
  request: Partial<LeafRequest> = leaf,
): readonly DecisionCase[] {
  return rows.map(([name, grants, answer]) => ({ name, leaf: request, grants, answer }))
}

const allow = ['read'] as const
const deny = ['read'] as const
const gives = { anyIdentity: true, allow } as const

/** Grants for a time. */
export const windowCases: readonly DecisionCase[] = grantCases([
  ['gives after the beginning', [{ identity, allow, notBefore: earlier }], allowed],
  ['gives nothing before the beginning', [{ identity, allow, notBefore: later }], denied],
  ['gives before the end', [{ identity, allow, notAfter: later }], allowed],
  ['gives nothing after the end', [{ identity, allow, notAfter: earlier }], denied],
  [
    'gives between beginning and end',
    [{ identity, allow, notBefore: earlier, notAfter: later }],
    allowed,
  ],
  [
    'reads the offset of a moment',
    [{ identity, allow, notBefore: '2001-01-01T00:00:00+02:00' }],
    allowed,
  ],
  [
    'gives by a grant that is in force beside one that is over',
    [
      { identity, allow, notAfter: '2002-01-01T00:00:00Z' },
      { identity, allow, notAfter: '2998-01-01T00:00:00Z' },
    ],
    allowed,
  ],
  [
    'denies while a denial is in force',
    [gives, { identity, deny, notBefore: earlier, notAfter: later }],
    denied,
  ],
  [
    'does not deny after the end of a denial',
    [gives, { identity, deny, notAfter: earlier }],
    allowed,
  ],
  ['does not deny before its beginning', [gives, { identity, deny, notBefore: later }], allowed],
])

/** Grants to one certificate. */
export const fingerprintCases: readonly DecisionCase[] = [
  {
    name: 'gives to the certificate that a grant names',
    leaf: workload('/ns/conditions/sa/pinned'),
    grants: ({ own }) => [{ fingerprint256: own, notAfter: later, allow }],
    answer: allowed,
  },
  {
    name: 'reads a fingerprint in lower case without colons',
    leaf: workload('/ns/conditions/sa/plain'),
    grants: ({ own }) => [
      { fingerprint256: own.replaceAll(':', '').toLowerCase(), notAfter: later, allow },
    ],
    answer: allowed,
  },
  {
    name: 'gives nothing to another certificate of the same identity',
    leaf: workload('/ns/conditions/sa/next'),
    grants: ({ other }) => [{ fingerprint256: other, notAfter: later, allow }],
    answer: denied,
  },
  {
    name: 'gives nothing to a certificate after the end of its grant',
    leaf: workload('/ns/conditions/sa/over'),
    grants: ({ own }) => [{ fingerprint256: own, notAfter: earlier, allow }],
    answer: denied,
  },
]

type RoleRow = readonly [
  name: string,
  roles: Readonly<Record<string, Role<OwnPermission>>>,
  grants: readonly CaseGrant[],
  answer: DecisionAnswer,
]

const clerk = { clerk: { allow } } as const

const roleRows: readonly RoleRow[] = [
  ['gives what a role holds', clerk, [{ identity, roles: ['clerk'] }], allowed],
  [
    'gives what a role of a role holds',
    { ...clerk, head: { roles: ['clerk'] } },
    [{ identity, roles: ['head'] }],
    allowed,
  ],
  [
    'denies in the same grant what its role gives',
    clerk,
    [{ identity, roles: ['clerk'], deny }],
    denied,
  ],
  [
    'denies in another grant what a role gives',
    clerk,
    [
      { identity, roles: ['clerk'] },
      { identity: `${domain}/ns/conditions/**`, deny },
    ],
    denied,
  ],
]

/** Grants of roles. */
export const roleCases: readonly DecisionCase[] = [
  ...roleRows.map(([name, roles, grants, answer]) => ({ name, leaf, roles, grants, answer })),
  {
    name: 'gives nothing of a role that the identity does not have',
    leaf,
    roles: { ...clerk, writer: { allow: ['write'] } },
    grants: [
      { identity, roles: ['writer'] },
      { identity: `${identity}s`, roles: ['clerk'] },
    ],
    requirement: (own) => allOf(own('write'), own('read')),
    answer: denied,
  },
]

const other = { ...leaf, issuer: 'batch-client-ca' }
/** Issued below a CA of two sets, by one that neither names. */
const unknown = { ...leaf, issuer: 'payments-intermediate' }
const mismatch = refused('ERR_PEERGATE_TRUST_SET_MISMATCH')
const ofSet = (name: string) => ({ identity, trustSet: name })

/** Grants and routes for the peers of one client CA set. */
export const trustSetCases: readonly DecisionCase[] = [
  ...grantCases([
    ['gives to a peer of the set', [{ ...ofSet('payments'), allow }], allowed],
    ['denies a peer of the set', [gives, { ...ofSet('payments'), deny }], denied],
  ]),
  ...grantCases(
    [
      ['gives nothing to a peer of another set', [{ ...ofSet('payments'), allow }], denied],
      ['gives by the grant for its own set', [{ ...ofSet('batch'), allow }], allowed],
      ['does not deny a peer of another set', [gives, { ...ofSet('payments'), deny }], allowed],
    ],
    other,
  ),
  ...grantCases(
    [
      ['gives nothing to a peer of no known set', [{ ...ofSet('payments'), allow }], denied],
      ['gives to it what is for every set', [{ identity, allow }], allowed],
      ['denies a peer of no known set', [gives, { ...ofSet('payments'), deny }], denied],
    ],
    unknown,
  ),
  ...(
    [
      ['lets in a peer of the set', leaf, allowed],
      ['lets in no peer of another set', other, mismatch],
      ['lets in no peer of no known set', unknown, mismatch],
    ] as const
  ).map(([name, request, answer]) => ({
    name: `${name} where a route demands one`,
    leaf: request,
    requirement: () => trustSet('payments'),
    answer,
  })),
]
