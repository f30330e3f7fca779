import { envoyXfcc, forwardedSource, nginx, trustedByAddress } from '@peergate/core'
import type { ProxyContract } from '@peergate/core'
import Fastify from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { Contestants, CreateServer } from '../contestant.js'
import { serveGuarded, serverOf } from './fastify.js'
import { createGate } from './gates.js'
import { mayRead, readNginxNaively, readXfccNaively } from './naive.js'

/** The servers of Fastify behind a proxy, whose headers are read by hand by `readNaively`. */
function behindProxy(
  createSource: () => ReturnType<typeof forwardedSource>,
  readNaively: (request: IncomingMessage) => string | undefined,
): Contestants {
  return {
    bare: createBare,
    'bare, again': createBare,
    'no-op hook': async () => {
      const app = Fastify()
      app.addHook('onRequest', (_request, _reply, done) => done())
      app.get('/invoices/:id', async ({ params }) => params)
      return serverOf(app)
    },
    'by hand': async () => {
      const app = Fastify()
      app.addHook('onRequest', (request, reply, done) => {
        if (mayRead(readNaively(request.raw))) done()
        else void reply.code(403).send()
      })
      app.get('/invoices/:id', async ({ params }) => params)
      return serverOf(app)
    },
    Peergate: async () => serveGuarded(Fastify(), createGate(createSource())),
  }
}

async function createBare(): ReturnType<CreateServer> {
  const app = Fastify()
  app.get('/invoices/:id', async ({ params }) => params)
  return serverOf(app)
}

/** What a proxy of this host forwards. */
function forwardedBy(
  contract: ProxyContract,
  assertions: { readonly maxAssertionAge?: 'unbounded' } = {},
) {
  const trustedProxies = trustedByAddress({ addresses: ['127.0.0.1'] })
  return forwardedSource({ contract, trustedProxies, ...assertions })
}

export function createNginxSource() {
  return forwardedBy(nginx({ certificate: 'x-client-cert', verify: 'x-client-verify' }))
}

export function createXfccSource() {
  const contract = envoyXfcc({ proxyVerifies: true, elements: 1, hop: 1 })
  return forwardedBy(contract, { maxAssertionAge: 'unbounded' })
}

export const byNginx: Contestants = behindProxy(createNginxSource, readNginxNaively)
export const byEnvoy: Contestants = behindProxy(createXfccSource, readXfccNaively)
