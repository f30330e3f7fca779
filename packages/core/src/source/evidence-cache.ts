import { createBoundedCache } from '../bounded-cache.js'
import type { CacheLimits } from '../bounded-cache.js'
import { markText } from '../content-mark.js'
import type { SentHeaders } from '../contract/collect-headers.js'
import type { PeerEvidence } from '../evidence.js'

/** Remembers what headers said; forgets what was not asked for the longest. */
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
  return one.every((lines, index) => isSameLines(lines, other[index] as readonly string[]))
}

function isSameLines(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index])
}

function lengthOf(sent: SentHeaders): number {
  return sent.flat().reduce((sum, { length }) => sum + length, 0)
}
