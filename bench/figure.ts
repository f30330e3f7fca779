/** One line of the result, as `--json` prints it. */
export interface Figure {
  readonly figure: string
  /** The sign, the limit and its unit: `≥ 0.93`, `≤ 1 µs`. */
  readonly goal: string
  /** In the unit of the goal. */
  readonly value: number
  /** How far `value` may be from what another run would give, in the same unit. */
  readonly spread: number
  readonly contestants: readonly Contestant[]
  /** Null where the spread exceeds the margin between value and limit, so that nothing can be said. */
  readonly holds: boolean | null
}

/** What one of those that are compared was measured at. */
export interface Contestant {
  readonly name: string
  readonly measured: number
  readonly unit: string
  /** Answers per second, of a server under load. */
  readonly throughput?: number
  /** Of a server under load, what it was measured in: others of the same field may be compared elsewhere. */
  readonly field?: string
}

/** What a figure has to reach. */
export interface Goal {
  readonly sign: '≤' | '≥'
  readonly limit: number
  /** Empty for a ratio. */
  readonly unit: string
}

/** A figure that is judged by its goal. */
export function judge({
  figure,
  goal: { sign, limit, unit },
  value,
  spread,
  contestants,
}: Omit<Figure, 'goal' | 'holds'> & { readonly goal: Goal }): Figure {
  const goal = [sign, limit, unit].join(' ').trim()
  const margin = sign === '≥' ? value - limit : limit - value
  const isKnown = Number.isFinite(margin) && Math.abs(margin) >= spread
  const holds = isKnown ? margin >= 0 : null
  return { figure, goal, value, spread, contestants, holds }
}

/**
 * How far the value of each part of the measurements is from that of all, at most. A part is what was
 * measured by processes of its own: two processes that run the same code differ, and so may two runs. Of
 * one part alone it is not known, and as much as the value.
 */
export function spreadOf(value: number, parts: readonly number[]): number {
  if (parts.length < 2) return Math.abs(value)
  return Math.max(0, ...parts.map((part) => Math.abs(part - value)))
}
