import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import type { CallingIdentity } from '@peergate/client'
import { fetch as undiciFetch } from 'undici'

/** A caller that asks for URLs until it is closed. */
export interface Caller {
  /** The body of the answer; rejects with what the caller was told. */
  readonly ask: (url: string) => Promise<string>
  readonly close: () => unknown
}

/** Every way to call a server with an identity. */
export const callers: Readonly<Record<string, (identity: CallingIdentity) => Caller>> = {
  https(identity) {
    const agent = identity.httpsAgent()
    return {
      async ask(url) {
        const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage]
        return text(response)
      },
      close: () => agent.destroy(),
    }
  },
  fetch: (identity) => createFetcher(identity, fetch as unknown as typeof undiciFetch),
  undici: (identity) => createFetcher(identity, undiciFetch),
  http2(identity) {
    const connections = new Map<string, ReturnType<CallingIdentity['http2Connect']>>()
    return {
      async ask(url) {
        const { origin, pathname, search } = new URL(url)
        const connection = connections.get(origin) ?? identity.http2Connect(origin)
        connections.set(origin, connection)
        const stream = connection.request({ ':path': pathname + search })
        await once(stream, 'response')
        return text(stream)
      },
      close: () => connections.forEach((connection) => connection.close()),
    }
  },
}

function createFetcher(identity: CallingIdentity, fetch: typeof undiciFetch): Caller {
  const dispatcher = identity.dispatcher()
  return {
    async ask(url) {
      try {
        const response = await fetch(url, { dispatcher })
        return await response.text()
      } catch (error) {
        // `fetch` tells of every failure by a TypeError, and of what it was by its cause.
        throw (error as Error).cause
      }
    },
    close: async () => dispatcher.close(),
  }
}
