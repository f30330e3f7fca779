/** Remembers values under keys; forgets what was not asked for the longest. */
export interface BoundedCache<Key, Value> {
  readonly get: (key: Key) => Value | undefined
  readonly set: (key: Key, value: Value, bytes: number) => void
}

/** What a cache may hold at once. */
export interface CacheLimits {
  readonly entries: number
  /** The sum of the `bytes` that were stated; what alone is more is not remembered. */
  readonly bytes: number
}

export function createBoundedCache<Key, Value>(limits: CacheLimits): BoundedCache<Key, Value> {
  // A map is in the order in which its entries were set.
  const entries = new Map<Key, { readonly value: Value; readonly bytes: number }>()
  let held = 0

  function forget(key: Key): void {
    held -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    set(key, value, bytes) {
      if (bytes > limits.bytes) return
      forget(key)
      entries.set(key, { value, bytes })
      held += bytes
      for (const oldest of entries.keys()) {
        if (entries.size <= limits.entries && held <= limits.bytes) return
        forget(oldest)
      }
    },
  }
}
