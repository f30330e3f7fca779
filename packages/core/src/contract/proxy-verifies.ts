import * as z from 'zod'
import { lazily } from '../lazily.js'
import type { ForwardedAssurance } from './proxy-contract.js'

/** The operator’s word, where a product has no signal of its own. */
export interface ProxyVerifies {
  /**
   * Whether the proxy is configured to verify the certificates of its clients, and to refuse those
   * that do not verify. Nothing in its headers says so, and there is no default.
   */
  readonly proxyVerifies: boolean
}

/** The operator’s acknowledgement, where a product verifies nothing. */
export interface ProxyNeverVerifies {
  /** `false`: this product verifies nothing, and what it forwards is only asserted. */
  readonly proxyVerifies: false
}

export const proxyVerifiesSchema: () => z.ZodType<boolean> = lazily(() =>
  z.boolean('must state whether the proxy verifies its clients: nothing in its headers does'),
)

export const proxyNeverVerifiesSchema: () => z.ZodType<false> = lazily(() =>
  z.literal(false, {
    error: 'must be stated as false: this product verifies nothing',
  }),
)

/** What a stated `proxyVerifies` amounts to. */
export function assuranceOf({ proxyVerifies }: ProxyVerifies): ForwardedAssurance {
  return proxyVerifies ? 'proxy-verified' : 'proxy-asserted'
}
