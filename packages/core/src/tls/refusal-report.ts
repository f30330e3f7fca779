import { containCallback } from '../contain-callback.js'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import type { RolloutMode } from '../rollout-mode.js'
import type { ConnectionFacts } from '../telemetry/gate-event.js'
import type { GateEvents } from '../telemetry/gate-events.js'
import { refusalFacts } from '../telemetry/refusal-facts.js'
import { describeCertificate } from './certificate-description.js'
import type { ExplainedRefusal, PeerRefusal } from './refusal.js'
import type { DescribeUnverified } from './unverified-peer.js'

/** Tells of refused peers: the operator's callback, and whoever listens to the events of the gate. */
export interface RefusalReport {
  readonly refused: (
    refusal: ExplainedRefusal,
    isEnforced: boolean,
    describeUnverified: DescribeUnverified,
  ) => void
  /** Of a connection that was accepted. */
  readonly closed: (
    refusal: ExplainedRefusal,
    isEnforced: boolean,
    certificate: CertificateFacts,
  ) => void
}

export function createRefusalReport(options: {
  readonly mode: RolloutMode
  readonly events: GateEvents
  readonly onRefused: ((refusal: PeerRefusal) => unknown) | undefined
}): RefusalReport {
  const { mode, events, onRefused } = options
  const call = containCallback('onRefused', onRefused)
  const tell = (refusal: ExplainedRefusal, isEnforced: boolean) =>
    call(Object.freeze({ ...refusal, mode, isEnforced }))
  return {
    refused(refusal, isEnforced, describeUnverified) {
      events.publish('handshake-refused', () => ({
        layer: 'tls',
        ...refusalFacts(refusal.error, isEnforced),
        connection: connectionOf(refusal),
        reason: refusal.reason,
        unverified: describeUnverified(),
      }))
      tell(refusal, isEnforced)
    },
    closed(refusal, isEnforced, certificate) {
      events.publish('connection-closed', () => ({
        layer: 'tls',
        ...refusalFacts(refusal.error, isEnforced),
        connection: connectionOf(refusal),
        certificate: describeCertificate(certificate),
      }))
      tell(refusal, isEnforced)
    },
  }
}

function connectionOf(refusal: ExplainedRefusal): ConnectionFacts {
  const { remoteAddress, servername, protocol, cipher, isResumed } = refusal
  return Object.freeze({ remoteAddress, servername, protocol, cipher, isResumed })
}
