import { PeerGateError } from '@peergate/core'

/** What came of reading something: a value, or why there is none. */
export type Attempted<Value> =
  | { readonly value: Value; readonly refusal: null }
  | { readonly value: null; readonly refusal: Refusal }

export interface Refusal {
  readonly code: string
  readonly detail: string
}

/** What `read` gives, or the rule of Peergate that was broken; whatever else is thrown is a fault of ours. */
export function attempt<Value>(read: () => Value): Attempted<Value> {
  try {
    return { value: read(), refusal: null }
  } catch (error) {
    if (!(error instanceof PeerGateError)) throw error
    return { value: null, refusal: { code: error.code, detail: error.detail } }
  }
}
