import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Server, TLSSocket } from 'node:tls'
import { allOf, authenticated, createRefusalAnswer, publicRoute, trustSet } from '@peergate/core'
import type { Guard, RefusalAnswerOptions, Requirement } from '@peergate/core'
import type { ConformanceGates } from './conformance-gates.js'
import type { ConformanceApp, ConformanceTarget } from './conformance-target.js'

/** A server of Node's own without a framework: the least that an adapter is, held to the same rules. */
export function createPlainTarget(protocol: ConformanceTarget['protocol']): ConformanceTarget {
  return {
    protocol,
    async start(gates, answering) {
      const { handled, handle } = createDriver(gates, answering)
      const { serverOptions } = gates.tls
      const server: Server =
        protocol === 'h2'
          ? createSecureServer(serverOptions, handle)
          : createServer(serverOptions, handle)
      gates.tls.attach(server)
      return { ...(await listen(server)), handled }
    },
  }
}

type Request = IncomingMessage | Http2ServerRequest

interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Driver {
  readonly handled: () => number
  readonly handle: (request: Request, response: ServerResponse | Http2ServerResponse) => void
}

interface DriverRoute {
  readonly route: string | null
  readonly guards: readonly Guard[]
}

/** It asks for the sender, finds the guards, and answers. */
function createDriver({ gate }: ConformanceGates, answering: RefusalAnswerOptions): Driver {
  const { problem } = createRefusalAnswer('driver', gate, answering)
  const read = gate.permission('invoice:read')
  const unmatched: DriverRoute = { route: null, guards: [gate.guard(authenticated)] }
  const routes = new Map<string, DriverRoute>(
    Object.entries<readonly [string, ...(readonly Requirement[])]>({
      'GET /invoices/42': ['GET /invoices/:id', read],
      'HEAD /invoices/42': ['HEAD /invoices/:id', read],
      'POST /invoices': ['POST /invoices', gate.permission('invoice:write')],
      'GET /payments-only': ['GET /payments-only', allOf(read, trustSet('payments'))],
      'GET /twice': ['GET /twice', authenticated, read],
      'GET /me': ['GET /me', authenticated],
      'GET /open': ['GET /open', publicRoute],
    }).map(([asked, [route, ...needed]]) => [asked, { route, guards: needed.map(gate.guard) }]),
  )
  let handled = 0

  async function answer(request: Request): Promise<Answer> {
    const sender = gate.admit(request)
    const asked = `${request.method} ${request.url?.split('?')[0]}`
    const { route, guards } = routes.get(asked) ?? unmatched
    for (const guard of guards) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other is what it is about
      const decision = await guard(sender, request, {}, () => ({ raw: request, route }))
      if (!decision.allowed) return problem(decision.error, request.headers)
    }
    if (route === null) return notFound
    handled += 1
    return { statusCode: 200, headers: {}, body: JSON.stringify(sender.identity) }
  }

  async function send(request: Request, response: ServerResponse): Promise<void> {
    const { statusCode, headers, body } = await answer(request)
    response.writeHead(statusCode, headers).end(body)
  }

  return {
    handled: () => handled,
    // Both responses have what is needed, and their types do not agree on it.
    handle: (request, response) => void send(request, response as ServerResponse),
  }
}

const notFound: Answer = { statusCode: 404, headers: {}, body: '' }

async function listen(server: Server): Promise<Omit<ConformanceApp, 'handled'>> {
  const sockets = new Set<TLSSocket>()
  // Node 26.10 crashes where the socket beneath a TLS connection is destroyed.
  server.on('secureConnection', (socket) => sockets.add(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy()
      // That of HTTP/2 does not give itself back, as its types say.
      server.close()
      await once(server, 'close')
    },
  }
}
