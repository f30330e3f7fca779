import { createBoundedCache } from '../bounded-cache.js'
import type { CacheLimits } from '../bounded-cache.js'
import { markText } from '../content-mark.js'
import type { SentHeaders } from '../contract/collect-headers.js'
import type { PeerEvidence } from '../evidence.js'

/** Remembers what headers said, as long as they are asked for. */
export interface EvidenceCache {
  readonly get: (sent: SentHeaders) => PeerEvidence | undefined
  readonly set: (sent: SentHeaders, evidence: PeerEvidence) => void
}

/** `bytes` is how much text of headers is kept. */
export function createEvidenceCache(limits: CacheLimits): EvidenceCache {
  const entries = createBoundedCache<number, Entry>(limits)
  return {
    get(sent) {
      const entry = entries.get(markOf(sent))
      return entry !== undefined && isSame(entry.sent, sent) ? entry.evidence : undefined
    },
    set: (sent, evidence) => entries.set(markOf(sent), { sent, evidence }, lengthOf(sent)),
  }
}

interface Entry {
  readonly sent: SentHeaders
  readonly evidence: PeerEvidence
}

/** Whoever makes other headers with the same mark only takes the place of these. */
function markOf(sent: SentHeaders): number {
  let mark = 0
  for (const lines of sent) {
    for (const line of lines) mark = Math.imul(mark, 31) + markText(line)
  }
  return mark | 0
}

function isSame(one: SentHeaders, other: SentHeaders): boolean {
  for (let index = 0; index < one.length; index += 1) {
    const [own, others] = [one[index] as readonly string[], other[index] as readonly string[]]
    if (!isSameLines(own, others)) return false
  }
  return true
}

function isSameLines(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index += 1) {
    if (one[index] !== other[index]) return false
  }
  return true
}

function lengthOf(sent: SentHeaders): number {
  let sum = 0
  for (const lines of sent) for (const { length } of lines) sum += length
  return sum
}
