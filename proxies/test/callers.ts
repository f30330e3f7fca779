import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import type { CallingIdentity } from '@peergate/client'
import { PeerGateError } from '@peergate/core'
import { fetch as undiciFetch } from 'undici'

/** One way to call a server with a client identity: the status of the answer. */
export type Caller = (identity: CallingIdentity, url: string) => Promise<number>

export const callers: Readonly<Record<'fetch' | 'http2' | 'https' | 'undici', Caller>> = {
  async https(identity, url) {
    const agent = identity.httpsAgent({ keepAlive: false })
    const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage]
    await text(response)
    return Number(response.statusCode)
  },
  fetch: async (identity, url) => fetchBy(fetch as unknown as typeof undiciFetch, identity, url),
  undici: async (identity, url) => fetchBy(undiciFetch, identity, url),
  async http2(identity, url) {
    const connection = identity.http2Connect(url)
    try {
      const stream = connection.request({ ':path': '/' })
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
      await text(stream)
      return Number(headers[':status'])
    } finally {
      connection.close()
    }
  },
}

async function fetchBy(
  fetch: typeof undiciFetch,
  identity: CallingIdentity,
  url: string,
): Promise<number> {
  const dispatcher = identity.dispatcher()
  try {
    const response = await fetch(url, { dispatcher })
    await response.text()
    return response.status
  } catch (error) {
    throw (error as Error).cause
  } finally {
    await dispatcher.close()
  }
}

/** The status of the answer, or the code of what the caller was told. */
export async function outcomeOf(answer: Promise<number>): Promise<number | string> {
  return answer.catch((error: unknown) =>
    error instanceof PeerGateError ? error.code : String(error),
  )
}
