import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { request as requestOverTls } from 'node:https'
import type { RequestOptions } from 'node:https'
import { buffer } from 'node:stream/consumers'
import type { Duplex } from 'node:stream'

interface Target extends Omit<RequestOptions, 'headers'> {
  readonly isTls: boolean
  readonly headers?: Readonly<Record<string, string>>
}

/** The first message of a WebSocket; where none is opened, the status, or that there was none. */
export async function openWebSocket({ isTls, headers, ...target }: Target): Promise<string> {
  const all = {
    ...headers,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  }
  const outgoing = (isTls ? requestOverTls : request)({ ...target, headers: all, agent: false })
  const upgraded = once(outgoing, 'upgrade') as Promise<[IncomingMessage, Duplex, Buffer]>
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  outgoing.end()
  try {
    const [response, socket, head] = await Promise.any([upgraded, answered])
    if (socket === undefined || head === undefined) return `${response.statusCode}`
    const frame = Buffer.concat([head, await buffer(socket)])
    return frame.subarray(2).toString()
  } catch {
    return 'no answer'
  }
}
