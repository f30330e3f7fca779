import { containCallback } from '@peergate/core/material'
import type { ClientCredentials } from './client-credentials.js'
import type { ParsedClientIdentityOptions } from './client-identity-options.js'

/** Tells that a certificate is about to end, once for each. */
export interface ExpiryNotice {
  readonly follow: (credentials: ClientCredentials) => void
  readonly stop: () => void
}

export function createExpiryNotice({
  onExpiring,
  expiringWithin,
}: Pick<ParsedClientIdentityOptions, 'expiringWithin' | 'onExpiring'>): ExpiryNotice {
  const tell = containCallback('onExpiring', onExpiring)
  let look: NodeJS.Timeout | undefined
  let told: string | null = null

  function follow({ facts }: ClientCredentials): void {
    clearInterval(look)
    function tellIfDue(): void {
      const isDue = Date.now() >= facts.notAfter - expiringWithin * day
      if (!isDue || told === facts.fingerprint256) return
      told = facts.fingerprint256
      tell(facts)
    }
    tellIfDue()
    look = setInterval(tellIfDue, hour).unref()
  }

  return { follow, stop: () => clearInterval(look) }
}

const hour = 3_600_000
const day = 24 * hour
