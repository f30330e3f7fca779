import type { CertificateFacts } from '../certificate/certificate-facts.js'
import type { PeerGateError } from '../errors.js'
import type { PeerEvidence } from '../evidence.js'
import { refusalOf } from './accepted-peer.js'
import type { PresentedLeaf } from './accepted-peer.js'
import type { ClientCas, Membership } from './client-cas.js'
import type { HostName } from './host-options.js'
import type { TrustState } from './trust-state.js'
import { unverifiedPeerOf } from './unverified-peer.js'
import type { DescribeUnverified } from './unverified-peer.js'

/** A peer whose certificate was captured at the handshake, judged anew whenever the trust changes. */
export interface CapturedPeer {
  /** The host that it connected to, by whose client CAs it is judged. */
  readonly host: HostName
  readonly certificate: CertificateFacts
  /** What is proved of the peer under `state` and now, or why it is refused. Never throws. */
  readonly judge: (state: TrustState, clock: () => number) => PeerEvidence | PeerGateError
  /** Where it belongs under `state`; throws where it was not judged, or is refused. */
  readonly membership: (state: TrustState) => Membership
  /** What it claims, where it is not accepted any more; null where it is. */
  readonly describeUnverified: DescribeUnverified
}

/** How a peer stands under one trust state. */
interface Standing {
  readonly state: TrustState
  readonly clientCas: ClientCas
  readonly membership: Membership
  readonly evidence: PeerEvidence
  readonly isVerified: boolean
}

/**
 * Captures the peer of a connection. `verified` is the trust state under which OpenSSL verified the
 * chain, null where that is not known.
 */
export function capturePeer(
  presented: PresentedLeaf,
  host: HostName,
  verified: TrustState | null,
): CapturedPeer {
  const { certificate } = presented
  let standing: Standing | null = null
  let refusal: PeerGateError | null = null
  let describe = describeNobody

  function standUnder(state: TrustState): Standing {
    // By the state and not by its epoch: lists that were issued anew are of the same epoch.
    if (standing?.state === state) return standing
    state.denylist.refuseDenied(certificate)
    const clientCas = state.clientCasOf(host)
    const membership = clientCas.findMembership(presented)
    standing = {
      state,
      clientCas,
      membership,
      evidence: keepEvidence(standing?.evidence, certificate, membership),
      isVerified: verified?.epoch === state.epoch,
    }
    return standing
  }

  return {
    host,
    certificate,
    judge(state, clock) {
      // Whoever was refused once is being cut off, and does not come back by another change.
      if (refusal !== null) return refusal
      try {
        const { clientCas, membership, evidence, isVerified } = standUnder(state)
        clientCas.refuseUnadmitted({ certificate, membership, isVerified, clock })
        return evidence
      } catch (cause) {
        refusal = refusalOf(cause)
        describe = unverifiedPeerOf(presented, state.clientCasOf(host))
        return refusal
      }
    },
    membership: (state) => standUnder(state).membership,
    describeUnverified: () => describe(),
  }
}

const describeNobody: DescribeUnverified = () => null

/** The same evidence as long as it says the same, since what follows from it is remembered under it. */
function keepEvidence(
  known: PeerEvidence | undefined,
  certificate: CertificateFacts,
  { set }: Membership,
): PeerEvidence {
  const trustSet = set?.name ?? null
  if (known !== undefined && known.trustSet === trustSet) return known
  return Object.freeze({ source: 'socket', assurance: 'tls', certificate, trustSet })
}
