import { getHeapStatistics } from 'node:v8'
import { do_not_optimize as keep, measure } from 'mitata'
import { median } from './median.js'

/** What one call costs. */
export interface Cost {
  /** The median of samples of some thousand calls, so that other work on the machine is left out. */
  readonly nanoseconds: number
  /** The mean of all calls, with that work, with V8 getting warm, and with every run of its collector. */
  readonly meanNanoseconds: number
  /** Allocated on the heap, without what V8 needs to get warm; null where that is not known. */
  readonly bytes: number | null
}

/** The cost of `call`, measured for about `milliseconds`. */
export function measureCall(call: () => unknown, milliseconds: number): Promise<Cost> {
  return measureCost(() => kept(call()), milliseconds)
}

/** The cost of `call` on a value of its own each time; what `create` costs is left out. */
export function measureEachNew<Value>(
  create: () => Value,
  call: (value: Value) => unknown,
  milliseconds: number,
): Promise<Cost> {
  function* withNew() {
    yield { 0: create, bench: (value: Value) => kept(call(value)) }
  }
  // Its types leave out these computed parameters, which its documentation has.
  return measureCost(withNew as never, milliseconds)
}

/**
 * Refuses a process in which nothing would be told from the smallest value there is on the heap, a
 * number of 16 bytes.
 */
export async function checkGauge(milliseconds: number): Promise<void> {
  const place: unknown[] = ['']
  let number = 0
  const nothing = await measureCall(() => place, milliseconds)
  const smallest = await measureCall(() => (place[0] = number += 0.5), milliseconds)
  if (allocates(nothing) || !allocates(smallest)) {
    const told = `${String(nothing.bytes)} for nothing, ${String(smallest.bytes)} for a number`
    throw new Error(`bytes cannot be measured here: ${told}; run node with --expose-gc`)
  }
}

/** Reading the heap allocates some bytes itself, spread over the thousands of calls of a sample. */
export function allocates({ bytes }: Pick<Cost, 'bytes'>): boolean {
  return bytes === null || bytes >= 1
}

/** An answer that nobody uses could be optimized away, and the work for it. */
function kept(answer: unknown): unknown {
  keep(answer)
  return answer
}

type Measured = Parameters<typeof measure>[0]

async function measureCost(measured: Measured, milliseconds: number): Promise<Cost> {
  const readings: number[] = []
  const { p50, avg, ticks, samples } = await measure(measured, {
    min_cpu_time: milliseconds * 1e6,
    min_samples: 5,
    heap: () => readings[readings.push(getHeapStatistics().used_heap_size) - 1] ?? 0,
  })
  const grown = medianGrowth(readings)
  return {
    nanoseconds: p50,
    meanNanoseconds: avg,
    bytes: grown === null ? null : (grown * samples.length) / ticks,
  }
}

/**
 * The heap is read before and after each sample. The mean would be that of V8 getting warm; where the
 * heap has shrunk, the collector ran.
 */
function medianGrowth(readings: readonly number[]): number | null {
  return median(
    readings.flatMap((after, index) => {
      const before = readings[index - 1] ?? after
      return index % 2 === 1 && after >= before ? after - before : []
    }),
  )
}
