import { once } from 'node:events'
import { IncomingMessage } from 'node:http'
import { Agent, get } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Material } from '../material.js'
import { ordinaryHeaders, path } from '../servers/requests.js'

/** A connection of a client with a certificate, and requests as they would come by it. */
export interface WarmConnection {
  /** A request that nobody has seen yet. */
  readonly newRequest: () => IncomingMessage
  readonly close: () => void
}

/** Connects the worker to `server`, which must answer a first request. */
export async function openWarmConnection(
  server: Server,
  { worker, serverCa }: Material,
): Promise<WarmConnection> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true })
  const client = { key: worker.key, cert: worker.certificate, ca: serverCa, agent }
  const arrived = once(server, 'request') as Promise<[IncomingMessage]>
  const answered = once(get({ ...client, host: 'localhost', port, path }), 'response')
  const [{ socket }] = await arrived
  const [{ statusCode }] = (await answered) as [IncomingMessage]
  if (statusCode !== 200) throw new Error(`the first request was answered with ${statusCode}`)
  return {
    newRequest: () => createRequest(socket),
    close() {
      agent.destroy()
      server.close()
    },
  }
}

/** As the parser of Node makes it, and as its server hands it over: `headers` are read by then. */
function createRequest(socket: Socket): IncomingMessage {
  const request = new IncomingMessage(socket)
  const lines = ordinaryHeaders.flat().map(copyOf)
  const { _addHeaderLines: addLines } = request as unknown as {
    readonly _addHeaderLines: (lines: readonly string[], count: number) => void
  }
  addLines.call(request, lines, lines.length)
  if (request.headers.host !== 'localhost') throw new Error('Node makes its requests differently')
  return Object.assign(request, { method: 'GET', url: path, httpVersionMajor: 1 })
}

/** Of each request, the texts are its own. */
function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
