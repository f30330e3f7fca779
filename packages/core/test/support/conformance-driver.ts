import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { Http2ServerRequest, ServerHttp2Session } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { allOf, authenticated, createRefusalAnswer, publicRoute, trustSet } from '@peergate/core'
import type { Guard, RefusalAnswerOptions, Requirement } from '@peergate/core'
import type { ConformanceApp, ConformanceGates, ConformanceTarget } from '@peergate/testkit'

type Request = IncomingMessage | Http2ServerRequest

interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Driver {
  readonly handled: () => number
  readonly answer: (request: Request) => Promise<Answer>
}

interface DriverRoute {
  readonly route: string | null
  readonly guards: readonly Guard[]
}

/** The least that an adapter is: it asks for the sender, finds the guards, and answers. */
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
      const decision = await guard(sender, request, {}, () => ({ raw: request, route }))
      if (!decision.allowed) return problem(decision.error, request.headers)
    }
    if (route === null) return notFound
    handled += 1
    return { statusCode: 200, headers: {}, body: JSON.stringify(sender.identity) }
  }

  return { handled: () => handled, answer }
}

const notFound: Answer = { statusCode: 404, headers: {}, body: '' }

async function startHttp1(
  gates: ConformanceGates,
  answering: RefusalAnswerOptions,
): Promise<ConformanceApp> {
  const { handled, answer } = createDriver(gates, answering)
  const server = createServer(gates.tls.serverOptions, (request, response) => {
    void answer(request).then(({ statusCode, headers, body }) =>
      response.writeHead(statusCode, headers).end(body),
    )
  })
  gates.tls.attach(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    handled,
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

async function startHttp2(
  gates: ConformanceGates,
  answering: RefusalAnswerOptions,
): Promise<ConformanceApp> {
  const { handled, answer } = createDriver(gates, answering)
  const server = createSecureServer(gates.tls.serverOptions, (request, response) => {
    void answer(request).then(({ statusCode, headers, body }) =>
      response.writeHead(statusCode, headers).end(body),
    )
  })
  gates.tls.attach(server)
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    handled,
    async close() {
      for (const session of sessions) session.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The least that an adapter is, as HTTPS servers of both protocols. */
export const targets: readonly ConformanceTarget[] = [
  { protocol: 'http/1.1', start: startHttp1 },
  { protocol: 'h2', start: startHttp2 },
]
