import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createRefusalAnswer } from '@peergate/core'
import type { Guard } from '@peergate/core'
import { decisionConformance } from '@peergate/testkit'
import type { DecisionGates, DecisionRoute, DecisionTarget } from '@peergate/testkit'
import t from 'tap'

interface Route {
  readonly pattern: RegExp
  readonly guard: Guard
}

/** The least that an adapter is: it finds the route, decodes its parameters, and waits for the guard. */
function createListener({ gate }: DecisionGates, declared: readonly DecisionRoute[]) {
  const { problem } = createRefusalAnswer('driver', gate, {})
  const routes = declared.map(({ path, requirement }): Route => {
    const pattern = new RegExp(`^${path.replaceAll(/:(\w+)/gu, '(?<$1>[^/]+)')}$`, 'u')
    return { pattern, guard: gate.guard(requirement) }
  })
  let handled = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sender = gate.admit(request)
    const [path = ''] = String(request.url).split('?')
    const route = routes.find(({ pattern }) => pattern.test(path))
    if (route === undefined) return void response.writeHead(404).end()
    const decision = await route.guard(sender, request, readParameters(route, path))
    if (!decision.allowed) {
      const { statusCode, headers, body } = problem(decision.error)
      return void response.writeHead(statusCode, headers).end(body)
    }
    handled += 1
    response.end(JSON.stringify(sender.identity))
  }

  return { handled: () => handled, answer }
}

function readParameters({ pattern }: Route, path: string): Readonly<Record<string, string>> {
  const groups = Object.entries(pattern.exec(path)?.groups ?? {})
  return Object.fromEntries(groups.map(([name, text]) => [name, decodeURIComponent(text)]))
}

const target: DecisionTarget = {
  protocol: 'http/1.1',
  async start(gates, routes) {
    const { handled, answer } = createListener(gates, routes)
    const server = createServer(gates.tls.serverOptions, (request, response) => {
      answer(request, response).catch((error: Error) => response.destroy(error))
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
  },
}

for (const group of decisionConformance) {
  t.test(`decides on ${group.name}`, async (t) => {
    const { cases, close } = await group.start(target)
    t.teardown(close)
    for (const { name, run } of cases) await t.test(name, run)
  })
}
