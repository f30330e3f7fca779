import type { AddressInfo } from 'node:net'
import type { Server } from 'node:tls'
import { peergate } from '@peergate/fastify'
import { allOf, authenticated, publicRoute, trustSet } from '@peergate/core'
import type { TlsGate } from '@peergate/core'
import type { ConformanceTarget } from '@peergate/testkit'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'

/** Fastify's types tell its servers apart; the adapter serves both alike. */
function createApp(tls: TlsGate, protocol: ConformanceTarget['protocol']): FastifyInstance {
  if (protocol === 'http/1.1') return Fastify({ https: tls.serverOptions })
  return Fastify({
    http2: true,
    https: { ...tls.serverOptions, allowHTTP1: true },
  }) as unknown as FastifyInstance
}

/** An application with the routes that the conformance suites ask for. */
export function createTarget(protocol: ConformanceTarget['protocol']): ConformanceTarget {
  return {
    protocol,
    async start({ tls, gate }, answering) {
      const app = createApp(tls, protocol)
      tls.attach(app.server as unknown as Server)
      await app.register(peergate, { gate, ...answering })
      let handled = 0
      const read = gate.permission('invoice:read')
      const write = gate.permission('invoice:write')
      for (const [method, url, permission] of [
        ['GET', '/invoices/:id', read],
        ['POST', '/invoices', write],
        ['GET', '/payments-only', allOf(read, trustSet('payments'))],
        ['GET', '/me', authenticated],
        ['GET', '/open', publicRoute],
      ] as const) {
        app.route({
          method,
          url,
          config: { permission },
          handler: (request, reply) => {
            handled += 1
            reply.type('application/json').send(JSON.stringify(request.clientIdentity))
          },
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
