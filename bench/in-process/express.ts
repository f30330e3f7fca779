import {
  clientIdentity,
  denyUnmatched,
  requireIdentity,
  requirePermission,
} from '@peergate/express'
import express from 'express'
import type { Request, RequestHandler, Response } from 'express'
import { createServer } from 'node:https'
import type { Material } from '../material.js'
import { createSocketGate, createTls } from '../servers/contestants/gates.js'
import type { Passage } from './passage.js'
import { openWarmConnection } from './warm-connection.js'

/** What a request passes in Express before its handler, and that the handler asks who sent it. */
export async function createExpressPassage(material: Material): Promise<Passage> {
  const tls = createTls(material)
  const gate = createSocketGate(tls)
  const identify = clientIdentity(gate) as RequestHandler
  const require = requirePermission(gate, gate.permission('invoice:read')) as RequestHandler
  const app = express()
  app.use(identify)
  const handled = new Promise<readonly [Request, Response]>((resolve) => {
    app.get('/invoices/:id', require, (req, res) => {
      resolve([req, res])
      res.json(req.params)
    })
  })
  app.use(denyUnmatched(gate))
  const server = createServer(tls.serverOptions, app)
  tls.attach(server)
  const connection = await openWarmConnection(server, material)
  const [first, res] = await handled
  return {
    newRequest() {
      const { params, route, baseUrl, originalUrl } = first
      const request = Object.setPrototypeOf(connection.newRequest(), app.request) as Request
      return Object.assign(request, { res, params, route, baseUrl, originalUrl })
    },
    pass(request) {
      const req = request as Request
      let passed = 0
      for (const middleware of [identify, require]) void middleware(req, res, () => (passed += 1))
      return passed === 2 && requireIdentity(req)
    },
    close: connection.close,
  }
}
