/** Counts what happens, and forgets what is older than a window. */
export interface RecentCount {
  readonly add: (now: number) => void
  /** How often within the window before `now`; up to a sixtieth of it before is counted, too. */
  readonly sum: (now: number) => number
  /** When the last time was; null for never. */
  readonly last: number | null
}

const slicesOfWindow = 60

/** @param window milliseconds */
export function createRecentCount(window: number): RecentCount {
  const width = window / slicesOfWindow
  const slices: { readonly number: number; count: number }[] = []
  let newest = { number: Number.NaN, count: 0 }
  let last: number | null = null

  return {
    add(now) {
      const number = Math.floor(now / width)
      if (newest.number !== number) {
        newest = { number, count: 0 }
        slices.push(newest)
        if (slices.length > slicesOfWindow + 1) slices.shift()
      }
      newest.count += 1
      last = now
    },
    sum(now) {
      const isRecent = (number: number) => (number + 1) * width > now - window
      return slices.reduce((sum, { number, count }) => sum + (isRecent(number) ? count : 0), 0)
    },
    get last() {
      return last
    },
  }
}
