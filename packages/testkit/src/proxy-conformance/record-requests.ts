import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:net'

/** What arrives at a backend. */
export interface RequestRecord {
  /** The header lines, as they came, of the request with this mark; null where it did not arrive. */
  readonly arrived: (mark: string) => HeaderLines | null
  readonly stop: () => void
}

/** Names, and values. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

/** The header by which an attempt is found again. */
export const markHeader = 'x-conformance-attempt'

/** Notes every marked request of `server`, before whatever listens to it sees it or changes it. */
export function recordRequests(server: Server): RequestRecord {
  const requests = new Map<string, HeaderLines>()
  const note = ({ headers, rawHeaders }: IncomingMessage): void => {
    const mark = headers[markHeader]
    if (typeof mark === 'string') requests.set(mark, pairs(rawHeaders))
  }
  server.prependListener('request', note)
  return {
    arrived: (mark) => requests.get(mark) ?? null,
    stop: () => void server.off('request', note),
  }
}

function pairs(raw: readonly string[]): HeaderLines {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, String(raw[at + 1])] as const] : []))
}
