import type { UnverifiedPeer } from '../telemetry/gate-event.js'
import type { PresentedLeaf } from './accepted-peer.js'
import { describeCertificate } from './certificate-description.js'
import type { ClientCas } from './client-cas.js'

/** What a peer claims that is not accepted, found out when somebody asks for it. */
export type DescribeUnverified = () => UnverifiedPeer | null

/**
 * Describes a leaf that is not accepted. The signature of a configured CA on it is checked here: that
 * OpenSSL complained of something else, such as its end, does not say that there is one.
 *
 * @param clientCas null where it is not known which are asked.
 */
export function unverifiedPeerOf(
  leaf: PresentedLeaf,
  clientCas: ClientCas | null,
): DescribeUnverified {
  let described: UnverifiedPeer | undefined
  return () =>
    (described ??= Object.freeze({
      certificate: describeCertificate(leaf.certificate),
      isOfConfiguredCa: clientCas !== null && isOfConfiguredCa(leaf, clientCas),
    }))
}

/** OpenSSL may refuse what our reader takes; nobody vouches for such a leaf. */
function isOfConfiguredCa(leaf: PresentedLeaf, clientCas: ClientCas): boolean {
  try {
    return clientCas.findMembership(leaf).issuer !== null
  } catch {
    return false
  }
}
