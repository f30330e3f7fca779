import type { ProxyContract } from '@peergate/core'
import type { Forge } from '@peergate/proxies'
import type { Check } from './check.js'
import type { Trial } from './edge.js'

/** What the suite has to know of a product. */
export interface ProxyCase {
  /** The configuration that is shown as an example, below examples/. */
  readonly files: readonly string[]
  readonly contract: ProxyContract
  /** Header lines that are believed of a trusted sender: that its client is `leaf`. */
  readonly forge: Forge
  /** What makes a certificate a choice of the client. */
  readonly optional: Replacement
  /** What makes the proxy connect with its own certificate. */
  readonly secondHop: readonly Replacement[]
  /** What makes it send the requests of several clients over one connection. */
  readonly sharing: readonly Replacement[]
  readonly hasUnixSocket: boolean
  readonly hasHttp2: boolean
  /** Whether sessions are resumed, where the configuration is that of the example. */
  readonly resumes: boolean
  /** What a caller is told that has no certificate, or that of an unknown CA: a status or a code. */
  readonly callers: Readonly<Record<'nobody' | 'stranger', number | string>>
  /** The documented mistakes, each of which must not yield an identity. */
  readonly mistakes: readonly Scenario[]
}

/** What a text of the configuration becomes; `{port}` is that of the service. */
export type Replacement = readonly [from: string, to: string]

export type Scenario = readonly [rule: string, run: (check: Check, trial: Trial) => Promise<void>]
