import { evidenceBehind } from '../admission.js'
import type { ClientIdentity } from '../client-identity.js'
import type { PeerGateError } from '../errors.js'
import type { PeerSource } from '../peer-source.js'
import type { GateEvents } from './gate-events.js'
import { refusalFacts } from './refusal-facts.js'
import type { RequestRecord } from './request-record.js'

/** Records who sent a request, once for each request, however often it is judged. */
export interface IdentityRecord {
  readonly accepted: (identity: ClientIdentity, request: RequestRecord) => void
  /** On a route that needs no identity. */
  readonly absent: (refusal: PeerGateError, request: RequestRecord) => void
  readonly rejected: (rejection: Rejection, request: RequestRecord) => void
  /** By a requirement that is only tried. */
  readonly tried: (rejection: Rejection, request: RequestRecord) => void
}

interface Rejection {
  readonly error: PeerGateError
  readonly isEnforced: boolean
  readonly evidence: object | null
}

export function createIdentityRecord(
  { publish }: GateEvents,
  { unverifiedPeerOf }: Pick<PeerSource, 'unverifiedPeerOf'>,
): IdentityRecord {
  const told = new WeakMap<object, number>()

  /** Somebody without an identity may be let in by one requirement, and be refused by the next. */
  function isNews({ raw }: RequestRecord, news: keyof typeof weights): boolean {
    if (weights[news] <= (told.get(raw) ?? 0)) return false
    told.set(raw, weights[news])
    return true
  }

  function reject(policy: 'live' | 'shadow', rejection: Rejection, request: RequestRecord): void {
    const { error, isEnforced, evidence } = rejection
    const isFirst = !told.has(request.raw)
    if (!isNews(request, policy)) return
    publish('identity-rejected', () => ({
      layer: error.layer,
      ...refusalFacts(error, isEnforced),
      request: request.facts(),
      fingerprint256: fingerprintOf(evidence ?? evidenceBehind(error)),
      unverified: unverifiedPeerOf?.(request.raw) ?? null,
      policy,
      isFirst,
    }))
  }

  return {
    accepted(identity, request) {
      if (!isNews(request, 'told')) return
      const layer = 'identity'
      publish('identity-accepted', () => ({ layer, request: request.facts(), identity }))
    },
    absent({ code }, request) {
      if (!isNews(request, 'told')) return
      publish('identity-absent', () => ({ layer: 'identity', request: request.facts(), code }))
    },
    rejected: (rejection, request) => reject('live', rejection, request),
    tried: (rejection, request) => reject('shadow', rejection, request),
  }
}

/** What has been told of a request is told again only by what weighs more. */
const weights = { told: 1, shadow: 2, live: 3 } as const

/** Of a certificate that was accepted, and gave no identity. */
function fingerprintOf(evidence: object | null): string | null {
  const { certificate } = (evidence ?? {}) as {
    readonly certificate?: { readonly fingerprint256: string | null }
  }
  return certificate?.fingerprint256 ?? null
}
