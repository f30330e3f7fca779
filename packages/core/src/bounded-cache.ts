/**
 * Remembers values under keys. Where it is full, it forgets the oldest that nobody has asked for; what
 * was asked for gets a second chance, as the newest that nobody has asked for (the algorithm is known
 * as CLOCK). To ask costs a look-up and moves nothing.
 */
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
  const entries = new Map<Key, Entry<Value>>()
  let held = 0

  function forget(key: Key): void {
    held -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }

  function makeRoom(bytes: number): void {
    for (const [oldest, entry] of entries) {
      if (entries.size < limits.entries && held + bytes <= limits.bytes) return
      const isSpared = entry.wasAsked
      forget(oldest)
      if (isSpared) keep(oldest, { ...entry, wasAsked: false })
    }
  }

  function keep(key: Key, entry: Entry<Value>): void {
    entries.set(key, entry)
    held += entry.bytes
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entry.wasAsked = true
      return entry.value
    },
    set(key, value, bytes) {
      if (limits.entries === 0 || bytes > limits.bytes) return
      forget(key)
      makeRoom(bytes)
      keep(key, { value, bytes, wasAsked: false })
    },
  }
}

interface Entry<Value> {
  readonly value: Value
  readonly bytes: number
  /** Since it was set, or spared. */
  wasAsked: boolean
}
