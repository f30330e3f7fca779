import * as z from 'zod'
import { lazily } from '../../lazily.js'
import { strictOptions } from '../../options.js'
import { ambiguous, malformed } from '../contract-fault.js'
import type { ProxyVerifies } from '../proxy-verifies.js'
import { proxyVerifiesSchema } from '../proxy-verifies.js'

/** The topology that the elements of an `x-forwarded-client-cert` come from. */
export interface EnvoyXfccOptions extends ProxyVerifies {
  /**
   * How many elements there are, 1 to 16, exactly: one from each proxy on the way whose peer has a
   * certificate, and 1 behind a single proxy that overwrites (`SANITIZE_SET`).
   */
  readonly elements: number
  /**
   * Whose peer is the client, counted from the right: 1 is the proxy that is nearest to this service
   * and wrote the last element, `elements` the one that is nearest to the client.
   */
  readonly hop: number
  /**
   * Whether an element is read without its `Hash`, which Envoy always writes; `required` by default.
   * Istio’s ambient waypoints write none.
   */
  readonly hash?: 'optional' | 'required'
}

const mostElements = 16

export const xfccSchema: () => z.ZodType<Required<EnvoyXfccOptions>> = lazily(() => {
  const fault = `must be a whole number of 1 to ${mostElements}`
  const count = z.int(fault).min(1, fault).max(mostElements, fault)
  return strictOptions({
    proxyVerifies: proxyVerifiesSchema(),
    elements: count,
    hop: count,
    hash: z.enum(['optional', 'required']).default('required'),
  }).refine(({ elements, hop }) => hop <= elements, {
    path: ['hop'],
    error: 'must not exceed option "elements"',
  })
})

/** @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED above 16 elements */
export function refuseManyElements(header: string, elements: number): void {
  if (elements <= mostElements) return
  throw malformed(header, `must have at most ${mostElements} elements`)
}

/**
 * The element of the proxy whose peer is the client. With one element more or less, some proxy did not
 * do what the topology says, or a client wrote one of them.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS
 */
export function selectElement<Element>(
  header: string,
  all: readonly Element[],
  { elements, hop }: Pick<EnvoyXfccOptions, 'elements' | 'hop'>,
): Element {
  const selected = all.at(-hop)
  if (selected !== undefined && all.length === elements) return selected
  const noun = elements === 1 ? 'element' : 'elements'
  throw ambiguous(header, `must have exactly ${elements} ${noun}`)
}
