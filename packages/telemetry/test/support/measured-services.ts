import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import {
  createPeerGate,
  createTlsGate,
  definePolicy,
  publicRoute,
  socketSource,
  spiffe,
} from '@peergate/core'
import type { HostOptions, RolloutMode, TlsGate } from '@peergate/core'
import peergate from '@peergate/fastify'
import { createPrometheusMetrics } from '@peergate/telemetry/prometheus'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'

/** One Fastify service for each mode, and one plain endpoint that shows the metrics of all. */
export interface MeasuredServices<Mode extends RolloutMode> {
  readonly ports: Readonly<Record<Mode, number>>
  /** `127.0.0.1` with the port of `/metrics`. */
  readonly metricsAddress: string
  readonly stop: () => Promise<void>
}

export interface MeasuredServicesOptions<Mode extends RolloutMode> {
  readonly modes: readonly Mode[]
  readonly host: HostOptions
  /** Who may read invoices; nobody may write them. */
  readonly readerId: string
}

export async function startMeasuredServices<Mode extends RolloutMode>(
  options: MeasuredServicesOptions<Mode>,
): Promise<MeasuredServices<Mode>> {
  const { modes, host } = options
  const gates = modes.map((mode) => createTlsGate({ ...host, name: mode, mode }))
  const registry = new Registry()
  const metrics = createPrometheusMetrics({ registry, tls: gates })
  const apps = await Promise.all(gates.map(async (tls) => startApp(tls, options.readerId)))
  const endpoint = await startEndpoint(registry)
  const ports = Object.fromEntries(apps.map(({ server }, index) => [modes[index], portOf(server)]))
  return {
    ports: ports as Record<Mode, number>,
    metricsAddress: `127.0.0.1:${portOf(endpoint)}`,
    async stop() {
      for (const gate of gates) gate.close()
      metrics.stop()
      endpoint.closeAllConnections()
      endpoint.close()
      await Promise.all(apps.map(async (app) => app.close()))
    },
  }
}

async function startApp(tls: TlsGate, readerId: string): Promise<FastifyInstance> {
  const gate = createPeerGate({
    name: tls.name,
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read', 'invoice:write'],
      grants: [
        { identity: readerId, allow: ['invoice:read'] },
        { identity: 'spiffe://prod.example/ns/batch/sa/writer', allow: ['invoice:write'] },
      ],
    }),
  })
  const app = Fastify({ https: tls.serverOptions }) as unknown as FastifyInstance
  tls.attach(app.server as never)
  await app.register(peergate, { gate })
  const read = { config: { permission: gate.permission('invoice:read') } }
  const write = { config: { permission: gate.permission('invoice:write') } }
  app.get('/open', { config: { permission: publicRoute } }, answer)
  app.get('/invoices/:id', read, answer)
  app.get('/invoices/:id/edit', write, answer)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app
}

const answer = async () => 'reached'

async function startEndpoint(registry: Registry): Promise<Server> {
  const endpoint = createServer((_request, response) => void showMetrics(registry, response))
  await once(endpoint.listen(0, '127.0.0.1'), 'listening')
  return endpoint
}

async function showMetrics(registry: Registry, response: ServerResponse): Promise<void> {
  const text = await registry.metrics()
  response.writeHead(200, { 'content-type': registry.contentType }).end(text)
}

function portOf(server: { readonly address: () => unknown }): number {
  return (server.address() as AddressInfo).port
}
