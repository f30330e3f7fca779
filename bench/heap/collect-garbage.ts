import { setImmediate } from 'node:timers/promises'

/** How many bytes are left of the heap, and of what stands outside it for its objects. */
export async function collectGarbage(): Promise<number> {
  if (globalThis.gc === undefined)
    throw new Error('garbage cannot be collected: run node with --expose-gc')
  for (let time = 0; time < 5; time += 1) {
    globalThis.gc()
    // What is called after objects are gone has its turn, and leaves some for the next.
    await setImmediate()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
