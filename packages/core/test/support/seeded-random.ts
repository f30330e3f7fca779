/** Random choices that a seed repeats exactly. */
export interface SeededRandom {
  /** An integer of 0 to `limit` − 1. */
  readonly below: (limit: number) => number
  /** True once in `times`. */
  readonly once: (times: number) => boolean
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item
  readonly bytes: (length: number) => Uint8Array
}

/** Mulberry32: 32 bits of state are enough for choices. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed | 0
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return {
    below,
    once: (times) => below(times) === 0,
    pick: <Item>(items: readonly [Item, ...Item[]]) => items[below(items.length)] as Item,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  }
}
