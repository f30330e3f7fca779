import type { PeerEvidence } from '../evidence.js'

/** Remembers what headers said, by their text; forgets what was not asked for the longest. */
export interface EvidenceCache {
  readonly get: (text: string) => PeerEvidence | undefined
  readonly set: (text: string, evidence: PeerEvidence) => void
}

/** `bytes` is how much text of headers is kept. What alone is longer is not remembered. */
export function createEvidenceCache(limits: {
  readonly entries: number
  readonly bytes: number
}): EvidenceCache {
  // A map is in the order in which its entries were set.
  const entries = new Map<string, PeerEvidence>()
  let bytes = 0

  function forget(text: string): void {
    if (entries.delete(text)) bytes -= text.length
  }

  return {
    get(text) {
      const evidence = entries.get(text)
      if (evidence === undefined) return undefined
      entries.delete(text)
      entries.set(text, evidence)
      return evidence
    },
    set(text, evidence) {
      if (text.length > limits.bytes) return
      forget(text)
      entries.set(text, evidence)
      bytes += text.length
      for (const oldest of entries.keys()) {
        if (entries.size <= limits.entries && bytes <= limits.bytes) return
        forget(oldest)
      }
    },
  }
}
