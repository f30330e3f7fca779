import type {
  Authorize,
  Grant,
  PeerGateErrorCode,
  PermissionRequirement,
  Requirement,
  Role,
} from '@peergate/core'
import type { LeafRequest } from '../pki-declaration.js'

/** Permissions of one case alone, so that no case has a part in the answer of another. */
export type OwnPermission = 'read' | 'write'

export type CaseGrant = Grant<OwnPermission, string>

/** The fingerprints that a grant can name. */
export interface Fingerprints {
  /** Of the certificate of the case. */
  readonly own: string
  /** Of another certificate with the same names. */
  readonly other: string
}

/** One decision: who asks, what for, by which grants, and what must be answered. */
export interface DecisionCase {
  /** A rule in the present tense. */
  readonly name: string
  /** The certificate of the client, below a usual one. */
  readonly leaf: Partial<LeafRequest>
  readonly grants?: readonly CaseGrant[] | ((fingerprints: Fingerprints) => readonly CaseGrant[])
  /** What the shadow policy grants, where it is not the same. */
  readonly shadowGrants?: readonly CaseGrant[]
  /** The codes of the denials that are recorded and not enforced; they are looked at only where given. */
  readonly tried?: readonly PeerGateErrorCode[]
  /** Whether the order of the grants matters, so that none of them may be shared with other cases. */
  readonly isOrdered?: boolean
  readonly roles?: Readonly<Record<string, Role<OwnPermission>>>
  /** What the route needs: `read`, where nothing is said. */
  readonly requirement?: (own: (name: OwnPermission) => PermissionRequirement) => Requirement
  /** The path of the route below the one that is the case's own: `/tenants/:tenant`. */
  readonly route?: string
  /** The path that is asked for, below the same. */
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The external engine, where the cases have one; without it, being asked is a fault. */
  readonly authorize?: Authorize
  readonly answer: DecisionAnswer
}

export interface DecisionAnswer {
  readonly status: 200 | 401 | 403
  readonly code: PeerGateErrorCode | null
  /** Whether the handler is to see the identity of the client. */
  readonly isIdentified: boolean
  /** How many faults of the service's own code the operator is to be told of. */
  readonly faults: number
}

export const allowed: DecisionAnswer = {
  status: 200,
  code: null,
  isIdentified: true,
  faults: 0,
}

export function refused(code: PeerGateErrorCode, status: 401 | 403 = 403): DecisionAnswer {
  return { status, code, isIdentified: false, faults: code.endsWith('_FAULTY') ? 1 : 0 }
}

export const denied: DecisionAnswer = refused('ERR_PEERGATE_PERMISSION_DENIED')
export const invalid: DecisionAnswer = refused('ERR_PEERGATE_IDENTITY_INVALID')
export const missing: DecisionAnswer = refused('ERR_PEERGATE_IDENTITY_MISSING')
export const ambiguous: DecisionAnswer = refused('ERR_PEERGATE_IDENTITY_AMBIGUOUS')

/** A moment that is past whenever this is run, and one that is not. */
export const earlier = '2001-01-01T00:00:00Z'
export const later = '2999-12-31T23:59:59Z'

export type PatternRow = readonly [
  name: string,
  pattern: string,
  names: Partial<LeafRequest> | string,
  answer: DecisionAnswer,
]

/** Cases of one grant to a pattern; `leafOf` makes the certificate of an identity. */
export function patternCases(
  leafOf: (identity: string) => Partial<LeafRequest>,
  rows: readonly PatternRow[],
): readonly DecisionCase[] {
  return rows.map(([name, pattern, names, answer]) => ({
    name,
    grants: [{ identity: pattern, allow: ['read'] }],
    leaf: typeof names === 'string' ? leafOf(names) : names,
    answer,
  }))
}

/** The pattern with a capture, the identity, what is asked for in the path, and the answer. */
export type CaptureRow = readonly [
  name: string,
  pattern: string,
  identity: string,
  path: string,
  answer: DecisionAnswer,
]

/** Cases of one grant to a pattern with `{tenant}`, which the parameter of the route must equal. */
export function captureCases(
  leafOf: (identity: string) => Partial<LeafRequest>,
  rows: readonly CaptureRow[],
): readonly DecisionCase[] {
  return rows.map(([name, pattern, identity, path, answer]) => ({
    name,
    grants: [
      { identity: pattern, allow: ['read'], where: { params: { tenant: '{tenant}' } } } as const,
    ],
    leaf: leafOf(identity),
    route: '/tenants/:tenant',
    path: `/tenants/${path}`,
    answer,
  }))
}
