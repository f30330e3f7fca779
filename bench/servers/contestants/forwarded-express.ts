import { createServer } from 'node:http'
import type { RequestHandler } from 'express'
import { Passport } from 'passport'
import { Strategy } from 'passport-cert-header'
import type { Contestants } from '../contestant.js'
import { createApp, createGuardedApp } from './express.js'
import { createNginxSource } from './forwarded-fastify.js'
import { createGate } from './gates.js'
import { findSpiffeId, mayRead, readNginxNaively } from './naive.js'

/** The servers of Express behind nginx. */
export const byNginx: Contestants = {
  bare: async () => createServer(createApp()),
  'bare, again': async () => createServer(createApp()),
  'no-op middleware': async () => createServer(createApp([(_req, _res, next) => next()])),
  'by hand': async () =>
    createServer(
      createApp([
        (req, res, next) => {
          if (mayRead(readNginxNaively(req))) next()
          else res.status(403).end()
        },
      ]),
    ),
  'passport-cert-header': async () => {
    const passport = new Passport()
    passport.use(
      new Strategy({ header: 'x-client-cert' }, ({ cert: { subjectaltname } }, done) => {
        const id = findSpiffeId(subjectaltname)
        done(null, mayRead(id) ? { id } : false)
      }),
    )
    const authenticate = passport.authenticate('cert-header', { session: false }) as RequestHandler
    return createServer(createApp([withoutArmour, authenticate]))
  },
  Peergate: async () => createServer(createGuardedApp(createGate(createNginxSource()))),
}

/** It wants the certificate without the lines around it. */
const withoutArmour: RequestHandler = (req, _res, next) => {
  const pem = decodeURIComponent(String(req.headers['x-client-cert']))
  req.headers['x-client-cert'] = pem.replaceAll(/-----[A-Z ]+-----\n?/gu, '').trim()
  next()
}
