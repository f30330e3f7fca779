import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import type { CallingIdentity } from '@peergate/client'
import { fetch as undiciFetch } from 'undici'

/** One way to call the upstream: the status of the answer to a request. */
export interface Caller {
  readonly name: string
  readonly call: () => Promise<number>
  readonly close: () => unknown
}

/** The four of them, with the one identity. */
export function createCallers(identity: CallingIdentity, url: string): readonly Caller[] {
  return [
    callByHttps(identity, url),
    callByFetch('fetch', fetch as unknown as typeof undiciFetch, identity, url),
    callByFetch('undici', undiciFetch, identity, url),
    callByHttp2(identity, url),
  ]
}

function callByHttps(identity: CallingIdentity, url: string): Caller {
  const agent = identity.httpsAgent()
  const headers = { 'x-caller': 'https' }
  return {
    name: 'https',
    async call() {
      const [response] = (await once(get(url, { agent, headers }), 'response')) as [IncomingMessage]
      await text(response)
      return Number(response.statusCode)
    },
    close: () => agent.destroy(),
  }
}

/** The `fetch` of Node, or that of undici. */
function callByFetch(
  name: string,
  fetch: typeof undiciFetch,
  identity: CallingIdentity,
  url: string,
): Caller {
  const dispatcher = identity.dispatcher()
  return {
    name,
    async call() {
      const response = await fetch(url, { dispatcher, headers: { 'x-caller': name } })
      await response.text()
      return response.status
    },
    close: async () => dispatcher.close(),
  }
}

function callByHttp2(identity: CallingIdentity, url: string): Caller {
  const connection = identity.http2Connect(url)
  return {
    name: 'http2',
    async call() {
      const stream = connection.request({ ':path': '/', 'x-caller': 'http2' })
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
      await text(stream)
      return Number(headers[':status'])
    },
    close: () => connection.close(),
  }
}
