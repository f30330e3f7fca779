import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { Http2ServerRequest, ServerHttp2Session } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { allOf, authenticated, createRefusalAnswer, publicRoute, trustSet } from '@peergate/core'
import type { Guard, PeerGateError, RefusalAnswerOptions } from '@peergate/core'
import { adapterConformance } from '@peergate/testkit'
import type { ConformanceApp, ConformanceGates, ConformanceTarget } from '@peergate/testkit'
import t from 'tap'

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

/** The least that an adapter is: it asks for the sender, finds the guard, and answers. */
function createDriver({ gate }: ConformanceGates, answering: RefusalAnswerOptions): Driver {
  const { problem } = createRefusalAnswer('driver', gate, answering)
  const read = gate.permission('invoice:read')
  const guards = new Map<string, Guard>([
    ['GET /invoices/42', gate.guard(read)],
    ['POST /invoices', gate.guard(gate.permission('invoice:write'))],
    ['GET /payments-only', gate.guard(allOf(read, trustSet('payments')))],
    ['GET /me', gate.guard(authenticated)],
    ['GET /open', gate.guard(publicRoute)],
  ])
  let handled = 0

  async function answer(request: Request): Promise<Answer> {
    const sender = gate.admit(request)
    const guard = guards.get(`${request.method?.replace('HEAD', 'GET')} ${request.url}`)
    const refuse = (error: PeerGateError) => problem(error, request.headers)
    if (guard === undefined) return sender.refusal === null ? notFound : refuse(sender.refusal)
    const decision = await guard(sender)
    if (!decision.allowed) return refuse(decision.error)
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

const targets: readonly ConformanceTarget[] = [
  { protocol: 'http/1.1', start: startHttp1 },
  { protocol: 'h2', start: startHttp2 },
]

for (const target of targets) {
  for (const { name, run } of adapterConformance) {
    t.test(`${target.protocol} ${name}`, () => run(target))
  }
}
