import type { Server } from 'node:net'

/** What is to be measured of a server. */
export interface Span {
  /** What is counted: a request, or a connection whose handshake is done. */
  readonly event: 'request' | 'secureConnection'
  /** How many come before the first that is measured. */
  readonly before: number
  readonly measured: number
}

/**
 * The CPU time that this process spends on each of those that a server is sent, in microseconds: on all
 * of its threads, from the end of `before` to the end of those that are measured.
 */
export function measureSpan(server: Server, { event, before, measured }: Span): Promise<number> {
  return new Promise((resolve) => {
    let seen = 0
    let began = process.cpuUsage()
    function count(): void {
      seen += 1
      if (seen === before) began = process.cpuUsage()
      if (seen < before + measured) return
      const { user, system } = process.cpuUsage(began)
      server.off(event, count)
      resolve((user + system) / measured)
    }
    server.on(event, count)
  })
}
