import { isAsserted } from './certificate/asserted-facts.js'
import { formatDistinguishedName } from './certificate/format-distinguished-name.js'
import type { ClientIdentity, IdentityKind } from './client-identity.js'
import { PeerGateError } from './errors.js'
import { isFingerprint } from './identity-value/fingerprint.js'
import { parseIdentityValue } from './identity-value/parse-identity-value.js'
import { quote } from './identity-value/quote.js'
import { shareTwins } from './identity-value/twin-fingerprints.js'
import { isAssured } from './assurance.js'
import type { Assurance } from './assurance.js'
import type { AnonymousPeer, PeerEvidence } from './evidence.js'
import type { IdentityRule } from './identity-rule/identity-rule.js'
import type { PeerSource, RequestLike } from './peer-source.js'

/** Who sent a request: found once for a certificate, compared with the clock on every request. */
export type Admission = Identified | Unidentified

export interface Identified {
  readonly evidence: PeerEvidence
  readonly identity: ClientIdentity
  readonly refusal: null
}

export interface Unidentified {
  /**
   * What the source proved: of a certificate without an identity, or of nothing, for a sender whom it
   * lets in to public routes. Null where nobody is let in at this moment, not even to those.
   */
  readonly evidence: AnonymousPeer | PeerEvidence | null
  readonly identity: null
  /** Why there is no identity. */
  readonly refusal: PeerGateError
}

/** Admits the sender of a request; never throws. */
export type Admit = (request: RequestLike) => Admission

/** Whether an identity is on the denylist of the gate at this moment. */
export type IsDenied = (identity: ClientIdentity) => boolean

/** What was proved of whom the gate refuses all the same, for records alone; null where nothing was. */
export function evidenceBehind(refusal: PeerGateError): PeerEvidence | null {
  const evidence = evidenceByRefusal.get(refusal) ?? null
  // A source may be a user's own, and may not have been looked at yet.
  return isFingerprint(evidence?.certificate.fingerprint256) ? evidence : null
}

const evidenceByRefusal = new WeakMap<PeerGateError, PeerEvidence>()

function keepEvidence(refusal: PeerGateError, evidence: PeerEvidence): PeerGateError {
  evidenceByRefusal.set(refusal, evidence)
  return refusal
}

/** Source and clock may be a user's own: whatever goes wrong in them, nobody is admitted. */
export function createAdmit(
  source: PeerSource,
  rule: IdentityRule,
  rules: {
    readonly clock: () => number
    readonly isDenied: IsDenied
    readonly minimumAssurance?: Assurance
  },
): Admit {
  const { clock, isDenied, minimumAssurance = 'proxy-asserted' } = rules
  const admissions = new WeakMap<PeerEvidence, Admission>()

  function admit(request: RequestLike): Admission {
    const peer = source.read(request)
    if (peer instanceof PeerGateError) return refuse(peer)
    if ('refusal' in peer) return { evidence: peer, identity: null, refusal: peer.refusal }
    refuseLapsed(peer, clock())
    const admission = admissions.get(peer) ?? admitFirst(peer)
    if (admission.identity !== null && isDenied(admission.identity)) {
      return refuse(keepEvidence(denied(admission.identity), peer))
    }
    return admission
  }

  function admitFirst(peer: PeerEvidence): Admission {
    refuseUnassured(peer, minimumAssurance)
    refuseMutable(peer)
    refuseMalformed(peer)
    const admission = identify(peer, rule)
    admissions.set(peer, admission)
    return admission
  }

  return (request) => {
    try {
      return admit(request)
    } catch (cause) {
      return refuse(
        cause instanceof PeerGateError ? cause : faulty('its source or its clock threw', cause),
      )
    }
  }
}

function refuse(refusal: PeerGateError): Unidentified {
  return { evidence: null, identity: null, refusal }
}

function refuseLapsed(peer: PeerEvidence, now: number): void {
  const { certificate } = peer
  // A proxy that asserts an identity does not say when it ends; its source had to accept that.
  if (isAsserted(certificate)) return
  const { notBefore, notAfter } = certificate
  // Written so that a clock which gives NaN, or what is no number, lets nobody in.
  if (typeof now === 'number' && now >= notBefore && now <= notAfter) return
  if (!Number.isFinite(now)) throw faulty(`its clock gave ${String(now)}`)
  const [code, moment, time] =
    now > notAfter
      ? (['ERR_PEERGATE_CERTIFICATE_EXPIRED', 'expired', notAfter] as const)
      : (['ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID', 'is valid from', notBefore] as const)
  const fault = `the certificate ${certificate.fingerprint256} ${moment} ${formatTime(time)}, and this clock says ${formatTime(now)}`
  throw keepEvidence(new PeerGateError(code, fault), peer)
}

function refuseUnassured(peer: PeerEvidence, minimum: Assurance): void {
  const { assurance } = peer
  if (isAssured(assurance, minimum)) return
  const fault = `the gate demands ${minimum}, and the identity is known as ${assurance}`
  throw keepEvidence(new PeerGateError('ERR_PEERGATE_ASSURANCE_TOO_LOW', fault), peer)
}

/** The last moment that a certificate can name, the year 9999, is within the range of a `Date`. */
function formatTime(time: number): string {
  return new Date(time).toISOString()
}

/** What an identity is remembered under must not turn into the evidence of somebody else. */
function refuseMutable(evidence: PeerEvidence): void {
  if (Object.isFrozen(evidence) && Object.isFrozen(evidence.certificate)) return
  throw faulty('its source gave evidence that is not frozen')
}

/** What a grant denies must not be escaped by facts that a source left out, or wrote in another way. */
function refuseMalformed({ trustSet, certificate: { fingerprint256 } }: PeerEvidence): void {
  if (trustSet !== null && typeof trustSet !== 'string') {
    throw faulty('its source gave a trust set that is neither a text nor null')
  }
  if (fingerprint256 === null || isFingerprint(fingerprint256)) return
  throw faulty('its source gave a fingerprint that is not written as Node writes it')
}

function denied({ value }: ClientIdentity): PeerGateError {
  const fault = `${quote(value)} is on the denylist of the gate`
  return new PeerGateError('ERR_PEERGATE_IDENTITY_DENIED', fault)
}

function faulty(fault: string, cause?: unknown): PeerGateError {
  const detail = `the gate could not judge the request: ${fault}`
  return new PeerGateError('ERR_PEERGATE_GATE_FAULTY', detail, { cause })
}

function identify(evidence: PeerEvidence, rule: IdentityRule): Admission {
  const value = selectValue(evidence, rule)
  if (value instanceof PeerGateError) {
    return Object.freeze({ evidence, identity: null, refusal: value })
  }
  const identity = createIdentity(evidence, rule.kind, value)
  // Nobody can say of a hash alone what the other hashes of its certificate are.
  shareTwins(identity, evidence.certificate)
  return Object.freeze({ evidence, identity, refusal: null })
}

/** A rule may be a user's own: whatever it throws, and whatever is no text, is no identity. */
function selectValue({ certificate }: PeerEvidence, rule: IdentityRule): string | PeerGateError {
  try {
    const value: unknown = rule.select(certificate)
    if (typeof value !== 'string') return invalidIdentity('the identity rule gave no text')
    return requireCanonical(rule.kind, value)
  } catch (cause) {
    if (cause instanceof PeerGateError && cause.layer === 'identity') return cause
    return invalidIdentity('the identity rule threw', cause)
  }
}

/** Two spellings of one identity must be one text, or what is denied to the one is given to the other. */
function requireCanonical(kind: IdentityKind, text: string): string | PeerGateError {
  const parsed = parseIdentityValue(kind, text)
  if ('value' in parsed && parsed.value === text) return text
  const rule = 'fault' in parsed ? parsed.fault : 'an identity must be in its canonical form'
  return invalidIdentity(`the identity rule gave ${quote(text)}: ${rule}`)
}

function invalidIdentity(fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_IDENTITY_INVALID', fault, { cause })
}

function createIdentity(
  { certificate, source, assurance, trustSet }: PeerEvidence,
  kind: ClientIdentity['kind'],
  value: string,
): ClientIdentity {
  return Object.freeze({
    kind,
    value,
    issuer: isAsserted(certificate) ? null : formatDistinguishedName(certificate.issuer),
    serialNumber: certificate.serialNumber,
    fingerprint256: certificate.fingerprint256,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    assurance,
    source,
    trustSet,
  })
}
