import type { Contestants } from './contestant.js'

/** The fields of contestants by their names; each loads only what competes in it. */
export const fields: ReadonlyMap<string, () => Promise<Contestants>> = new Map([
  ['Fastify', async () => (await import('./contestants/fastify.js')).overHttp1],
  ['Fastify, HTTP/2', async () => (await import('./contestants/fastify.js')).overHttp2],
  ['Express', async () => (await import('./contestants/express.js')).overHttp1],
  ['nginx, Fastify', async () => (await import('./contestants/forwarded-fastify.js')).byNginx],
  ['nginx, Express', async () => (await import('./contestants/forwarded-express.js')).byNginx],
  ['envoy-xfcc, Fastify', async () => (await import('./contestants/forwarded-fastify.js')).byEnvoy],
  ['handshakes', async () => (await import('./contestants/handshakes.js')).handshakes],
])
