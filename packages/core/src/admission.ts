import { formatDistinguishedName } from './certificate/format-distinguished-name.js'
import type { ClientIdentity } from './client-identity.js'
import { PeerGateError } from './errors.js'
import type { PeerEvidence } from './evidence.js'
import type { IdentityRule } from './identity-rule/identity-rule.js'
import type { PeerSource, RequestLike } from './source/source.js'

/** Who sent a request: found once for a connection, compared with the clock on every request. */
export type Admission = Identified | Unidentified

export interface Identified {
  readonly evidence: PeerEvidence
  readonly identity: ClientIdentity
  readonly refusal: null
}

export interface Unidentified {
  /** What the source proved; null where no certificate is accepted at this moment. */
  readonly evidence: PeerEvidence | null
  readonly identity: null
  /** Why there is no identity. */
  readonly refusal: PeerGateError
}

/** Admits the sender of a request; never throws. */
export type Admit = (request: RequestLike) => Admission

export function createAdmit(source: PeerSource, rule: IdentityRule, clock: () => number): Admit {
  const admissions = new WeakMap<PeerEvidence, Admission>()
  return (request) => {
    const peer = source.read(request)
    if (peer instanceof PeerGateError) return refuse(peer)
    const lapsed = findLapse(peer, clock())
    if (lapsed !== null) return refuse(lapsed)
    const known = admissions.get(peer)
    if (known !== undefined) return known
    const admission = identify(peer, rule)
    admissions.set(peer, admission)
    return admission
  }
}

function refuse(refusal: PeerGateError): Unidentified {
  return { evidence: null, identity: null, refusal }
}

function findLapse({ certificate }: PeerEvidence, now: number): PeerGateError | null {
  const { notBefore, notAfter } = certificate
  // Written so that a clock which gives NaN lets nobody in.
  if (now >= notBefore && now <= notAfter) return null
  const [code, moment, time] =
    now > notAfter
      ? (['ERR_PEERGATE_CERTIFICATE_EXPIRED', 'expired', notAfter] as const)
      : (['ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID', 'is valid from', notBefore] as const)
  const fault = `the certificate ${certificate.fingerprint256} ${moment} ${formatTime(time)}, and this clock says ${formatTime(now)}`
  return new PeerGateError(code, fault)
}

function formatTime(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString()
}

function identify(evidence: PeerEvidence, rule: IdentityRule): Admission {
  try {
    const identity = createIdentity(evidence, rule.kind, rule.select(evidence.certificate))
    return Object.freeze({ evidence, identity, refusal: null })
  } catch (cause) {
    return Object.freeze({ evidence, identity: null, refusal: identityError(cause) })
  }
}

function createIdentity(
  { certificate, source, assurance, trustSet }: PeerEvidence,
  kind: ClientIdentity['kind'],
  value: string,
): ClientIdentity {
  return Object.freeze({
    kind,
    value,
    issuer: formatDistinguishedName(certificate.issuer),
    serialNumber: certificate.serialNumber,
    fingerprint256: certificate.fingerprint256,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    assurance,
    source,
    trustSet,
  })
}

/** A rule of a user's own may throw anything; whatever it throws, there is no identity. */
function identityError(cause: unknown): PeerGateError {
  if (cause instanceof PeerGateError) return cause
  const fault = 'the identity rule threw'
  return new PeerGateError('ERR_PEERGATE_IDENTITY_INVALID', fault, { cause })
}
