import { peergate, requireIdentity } from '@peergate/fastify'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Material } from '../../material.js'
import type { Contestants, CreateServer } from '../contestant.js'
import { createSocketGate, createTls } from './gates.js'
import { mayRead, readPeerNaively } from './naive.js'

/** The servers of Fastify over mutual TLS, on HTTP/1.1 or HTTP/2. */
function overMutualTls(isHttp2: boolean): Contestants {
  function create({ server, clientCa }: Material): FastifyInstance {
    const https = {
      cert: server.certificate,
      key: server.key,
      ca: clientCa,
      requestCert: true,
      rejectUnauthorized: true,
    }
    return (isHttp2 ? Fastify({ http2: true, https }) : Fastify({ https })) as FastifyInstance
  }

  async function createBare(material: Material) {
    const app = create(material)
    app.get('/invoices/:id', async ({ params }) => params)
    return serverOf(app)
  }

  return {
    bare: createBare,
    'bare, again': createBare,
    'no-op hook': async (material) => {
      const app = create(material)
      app.addHook('onRequest', (_request, _reply, done) => done())
      app.get('/invoices/:id', async ({ params }) => params)
      return serverOf(app)
    },
    'by hand': async (material) => {
      const app = create(material)
      app.addHook('onRequest', (request, reply, done) => {
        if (mayRead(readPeerNaively(request.raw))) done()
        else void reply.code(403).send()
      })
      app.get('/invoices/:id', async ({ params }) => params)
      return serverOf(app)
    },
    Peergate: async (material) => {
      const tls = createTls(material)
      const https = tls.serverOptions
      const app = isHttp2 ? Fastify({ http2: true, https }) : Fastify({ https })
      tls.attach(app.server)
      return serveGuarded(app as FastifyInstance, createSocketGate(tls))
    },
  }
}

/** The route of all, behind a gate. */
export async function serveGuarded(
  app: FastifyInstance,
  gate: ReturnType<typeof createSocketGate>,
): ReturnType<CreateServer> {
  await app.register(peergate, { gate })
  const permission = gate.permission('invoice:read')
  app.get('/invoices/:id', { config: { permission } }, async (request) => {
    requireIdentity(request)
    return request.params
  })
  return serverOf(app)
}

export async function serverOf(app: FastifyInstance): ReturnType<CreateServer> {
  await app.ready()
  return app.server
}

export const overHttp1: Contestants = overMutualTls(false)
export const overHttp2: Contestants = overMutualTls(true)
