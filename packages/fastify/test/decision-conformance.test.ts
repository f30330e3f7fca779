import type { AddressInfo } from 'node:net'
import type { Server } from 'node:tls'
import { peergate } from '@peergate/fastify'
import type { TlsGate } from '@peergate/core'
import { decisionConformance, requestDecisions } from '@peergate/testkit'
import type { DecisionTarget } from '@peergate/testkit'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'

/** Fastify's types tell its servers apart; the adapter serves both alike. */
function createApp(tls: TlsGate, protocol: DecisionTarget['protocol']): FastifyInstance {
  if (protocol === 'http/1.1') return Fastify({ https: tls.serverOptions })
  return Fastify({ http2: true, https: tls.serverOptions }) as unknown as FastifyInstance
}

function createTarget(protocol: DecisionTarget['protocol']): DecisionTarget {
  return {
    protocol,
    async start({ tls, gate }, routes) {
      const app = createApp(tls, protocol)
      tls.attach(app.server as unknown as Server)
      await app.register(peergate, { gate })
      let handled = 0
      for (const { path, requirement } of routes) {
        app.get(path, { config: { permission: requirement } }, (request, reply) => {
          handled += 1
          reply.type('application/json').send(JSON.stringify(request.clientIdentity))
        })
      }
      await app.listen({ host: '127.0.0.1', port: 0 })
      return {
        port: (app.server.address() as AddressInfo).port,
        handled: () => handled,
        close: () => app.close(),
      }
    },
  }
}

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const group of protocol === 'http/1.1' ? decisionConformance : requestDecisions) {
    t.test(`fastify on ${protocol} decides on ${group.name}`, async (t) => {
      const { cases, close } = await group.start(createTarget(protocol))
      t.teardown(close)
      for (const { name, run } of cases) await t.test(name, run)
    })
  }
}
