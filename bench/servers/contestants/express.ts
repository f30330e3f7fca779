import { createServer } from 'node:https'
import {
  clientIdentity,
  denyUnmatched,
  requireIdentity,
  requirePermission,
} from '@peergate/express'
import clientCertificateAuth from 'client-certificate-auth'
import express from 'express'
import type { Express, RequestHandler } from 'express'
import { Passport } from 'passport'
import { Strategy } from 'passport-client-cert'
import type { Material } from '../../material.js'
import type { Contestants } from '../contestant.js'
import { createSocketGate, createTls } from './gates.js'
import { findSpiffeId, mayRead, readPeerNaively } from './naive.js'

/** The servers of Express over mutual TLS. */
export const overHttp1: Contestants = {
  bare: async (material) => serve(material, createApp()),
  'bare, again': async (material) => serve(material, createApp()),
  'no-op middleware': async (material) =>
    serve(material, createApp([(_req, _res, next) => next()])),
  'by hand': async (material) =>
    serve(
      material,
      createApp([
        (req, res, next) => {
          if (mayRead(readPeerNaively(req))) next()
          else res.status(403).end()
        },
      ]),
    ),
  'client-certificate-auth': async (material) =>
    serve(
      material,
      createApp(
        [clientCertificateAuth(({ subjectaltname }) => mayRead(findSpiffeId(subjectaltname)))],
        (_error, _req, res, _next) => void res.status(403).end(),
      ),
    ),
  'passport-client-cert': async (material) => {
    const passport = new Passport()
    passport.use(
      new Strategy(({ subjectaltname }, done) => {
        const id = findSpiffeId(subjectaltname)
        done(null, mayRead(id) ? { id } : false)
      }),
    )
    const authenticate = passport.authenticate('client-cert', { session: false }) as RequestHandler
    return serve(material, createApp([authenticate]))
  },
  Peergate: async (material) => {
    const tls = createTls(material)
    const server = createServer(tls.serverOptions, createGuardedApp(createSocketGate(tls)))
    tls.attach(server)
    return server
  },
}

type ErrorHandler = (...parameters: [error: unknown, ...Parameters<RequestHandler>]) => void

/** The route of all, behind `middleware`. */
export function createApp(
  middleware: readonly RequestHandler[] = [],
  handleError?: ErrorHandler,
): Express {
  const app = express()
  for (const each of middleware) app.use(each)
  app.get('/invoices/:id', (req, res) => res.json(req.params))
  if (handleError !== undefined) app.use(handleError)
  return app
}

/** The route of all, behind a gate. */
export function createGuardedApp(gate: ReturnType<typeof createSocketGate>): Express {
  const app = express()
  app.use(clientIdentity(gate))
  const guard = requirePermission(gate, gate.permission('invoice:read'))
  app.get('/invoices/:id', guard, (req, res) => {
    requireIdentity(req)
    res.json(req.params)
  })
  app.use(denyUnmatched(gate))
  return app
}

function serve({ server, clientCa }: Material, app: Express) {
  const { certificate: cert, key } = server
  return createServer({ cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: true }, app)
}
