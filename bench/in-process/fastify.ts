import { peergate, requireIdentity } from '@peergate/fastify'
import Fastify from 'fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { Material } from '../material.js'
import { createSocketGate, createTls } from '../servers/contestants/gates.js'
import type { Passage } from './passage.js'
import { openWarmConnection } from './warm-connection.js'

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

/** What a request passes in Fastify before its handler, and that the handler asks who sent it. */
export async function createFastifyPassage(material: Material): Promise<Passage> {
  const tls = createTls(material)
  const app = Fastify({ https: tls.serverOptions })
  tls.attach(app.server)
  const hooks = catchHooks(app)
  const gate = createSocketGate(tls)
  await app.register(peergate, { gate })
  const handled = new Promise<readonly [FastifyRequest, FastifyReply]>((resolve) => {
    app.get(
      '/invoices/:id',
      { config: { permission: gate.permission('invoice:read') } },
      (request, reply) => {
        resolve([request, reply])
        return request.params
      },
    )
  })
  await app.ready()
  const connection = await openWarmConnection(app.server, material)
  const [first, reply] = await handled
  return {
    newRequest: () => renew(first, connection.newRequest()),
    pass(request) {
      let passed = 0
      for (const hook of hooks) hook(request as FastifyRequest, reply, () => (passed += 1))
      return passed === hooks.length && requireIdentity(request as FastifyRequest)
    },
    close: connection.close,
  }
}

/** The hooks that are registered from now on for every request, as Fastify is given them. */
function catchHooks(app: object): readonly Hook[] {
  const hooks: Hook[] = []
  const { addHook } = app as { readonly addHook: (name: string, hook: Hook) => object }
  Object.assign(app, {
    addHook(name: string, hook: Hook) {
      if (name === 'onRequest' || name === 'preHandler') hooks.push(hook)
      return addHook.call(this, name, hook)
    },
  })
  return hooks
}

/** The request that Fastify makes of `raw`, in the same route. */
function renew(first: FastifyRequest, raw: IncomingMessage): object {
  const { id, params, query, log } = first
  const own = first as unknown as Readonly<Record<symbol, unknown>>
  const context = Object.getOwnPropertySymbols(first).find(
    ({ description }) => description === 'fastify.context',
  )
  const { constructor } = first as unknown as {
    readonly constructor: new (...values: readonly unknown[]) => object
  }
  return new constructor(id, params, raw, query, log, own[context as symbol])
}
