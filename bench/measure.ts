import { getHeapStatistics } from 'node:v8'
import { do_not_optimize as keep, measure } from 'mitata'
import { median } from './median.js'

/** What one call costs. */
export interface Cost {
  /** The median of many samples, so that other work on the machine is left out. */
  readonly nanoseconds: number
  /** The mean of all calls, with that work, and with every run of the collector. */
  readonly meanNanoseconds: number
  /** The median of what a call allocates on the heap; null where it is more than 100,000. */
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
  return measureCost(withNew(create, call), milliseconds)
}

/** The same without the bytes, which take longer to measure than the time where a value costs more than its call. */
export function timeEachNew<Value>(
  create: () => Value,
  call: (value: Value) => unknown,
  milliseconds: number,
): Promise<Omit<Cost, 'bytes'>> {
  return measureTime(withNew(create, call), milliseconds)
}

/** The types of mitata leave out these computed parameters, which its documentation has. */
function withNew<Value>(create: () => Value, call: (value: Value) => unknown): Measured {
  function* benchmark() {
    yield { 0: create, bench: (value: Value) => kept(call(value)) }
  }
  return benchmark as never
}

/**
 * Refuses a process in which nothing would be told from the smallest value there is on the heap, a
 * number of 16 bytes.
 */
export async function checkGauge(milliseconds: number): Promise<void> {
  const place: unknown[] = ['']
  let number = 0
  const nothing = await measureCall(() => place, milliseconds)
  const smallest = await measureCall(() => (place[0] = number += 0.3), milliseconds)
  if (allocates(nothing) || !allocates(smallest)) {
    const told = `${String(nothing.bytes)} for nothing, ${String(smallest.bytes)} for a number`
    throw new Error(`bytes cannot be measured here: ${told}; run node with --expose-gc`)
  }
}

/** Reading the heap allocates some bytes itself, less than one for each call of a sample. */
export function allocates({ bytes }: Pick<Cost, 'bytes'>): boolean {
  return bytes === null || bytes >= 1
}

/** An answer that nobody uses could be optimized away, and the work for it. */
function kept(answer: unknown): unknown {
  keep(answer)
  return answer
}

type Measured = Parameters<typeof measure>[0]

/** Of mitata's own, which have no exported type. */
interface Options {
  readonly min_cpu_time: number
  readonly min_samples: number
  readonly batch_samples?: number
  readonly warmup_samples: number
  readonly warmup_threshold: number
  readonly gc: boolean
}

async function measureCost(measured: Measured, milliseconds: number): Promise<Cost> {
  const time = await measureTime(measured, milliseconds)
  // So many samples that V8 gets warm within a few of them, however slow the machine is just now.
  const samples = time.nanoseconds < 10_000 ? { min_samples: 50 } : {}
  const bytes = await measureBytes(measured, { ...shortly(milliseconds), ...samples })
  return { ...time, bytes }
}

async function measureTime(measured: Measured, milliseconds: number): Promise<Omit<Cost, 'bytes'>> {
  const rough = await measure(measured, shortly(milliseconds))
  const { p50, avg } = await measure(measured, {
    ...warmUp,
    min_cpu_time: milliseconds * 1e6,
    min_samples: 5,
    batch_samples: callsOfSample(rough.p50),
  })
  return { nanoseconds: p50, meanNanoseconds: avg }
}

function shortly(milliseconds: number): Options {
  return { ...warmUp, min_cpu_time: milliseconds * 1e5, min_samples: 3, gc: false }
}

/** One of these calls must be fast, or every call is a sample; two may both be cut by other work. */
const warmUp = { warmup_samples: 10, warmup_threshold: 10e6 }

/** A sample of about 50 µs is long for the clock, and seldom cut by other work on the machine. */
function callsOfSample(nanoseconds: number): number {
  return [4_096, 1_024, 256, 64, 16].find((calls) => calls * nanoseconds < 50_000) ?? 4
}

/**
 * Apart from the time, which reading the heap would disturb. Reading allocates some bytes itself, which
 * samples of many calls leave out; where a call allocates much, the collector would run within such a
 * sample.
 */
async function measureBytes(measured: Measured, options: Options): Promise<number | null> {
  const rough = await measureGrowth(measured, { ...options, batch_samples: 64 })
  const bytes =
    rough < 1_000 ? await measureGrowth(measured, { ...options, batch_samples: 4_096 }) : rough
  return bytes >= 0 && bytes < mostBytes ? bytes : null
}

/** With 64 calls of more, the collector runs in most samples. */
const mostBytes = 100_000

/** The median of what a call adds to the heap, which is read before and after each sample. */
async function measureGrowth(measured: Measured, options: Options): Promise<number> {
  const readings: number[] = []
  const { ticks, samples } = await measure(measured, {
    ...options,
    heap: () => readings[readings.push(getHeapStatistics().used_heap_size) - 1] ?? 0,
  })
  const growths = readings.flatMap((after, index) =>
    index % 2 === 1 ? after - (readings[index - 1] ?? after) : [],
  )
  return (median(growths) * samples.length) / ticks
}
