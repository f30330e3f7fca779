import type { Server } from 'node:net'

/** What is to be measured of a server. */
export interface Span {
  /** What is counted: a request, or a connection whose handshake is done. */
  readonly event: 'request' | 'secureConnection'
  /** How many come before the first that is measured. */
  readonly before: number
  readonly measured: number
}

/** What a span came to. */
export interface SpanCost {
  /** The CPU time of this process for each, on all of its threads, in microseconds. */
  readonly cpu: number
  /** How many were done in a second. */
  readonly throughput: number
}

/** Measures a server from the end of `before` to the end of those that are measured. */
export function measureSpan(server: Server, { event, before, measured }: Span): Promise<SpanCost> {
  return new Promise((resolve) => {
    let seen = 0
    let cpuBefore = process.cpuUsage()
    let began = performance.now()
    function count(): void {
      seen += 1
      if (seen === before) {
        cpuBefore = process.cpuUsage()
        began = performance.now()
      }
      if (seen < before + measured) return
      const { user, system } = process.cpuUsage(cpuBefore)
      const throughput = (measured * 1_000) / (performance.now() - began)
      server.off(event, count)
      resolve({ cpu: (user + system) / measured, throughput })
    }
    server.on(event, count)
  })
}
