import type { ProxyName } from '@peergate/proxies'
import type { ProxyCase } from './proxy-case.js'
import { caddyCase } from './products/caddy.js'
import { envoyCase } from './products/envoy.js'
import { haproxyCase } from './products/haproxy.js'
import { httpdCase } from './products/httpd.js'
import { nginxCase } from './products/nginx.js'
import { traefikCase } from './products/traefik.js'

/** What is known of each proxy. */
export const productCases: Readonly<Record<ProxyName, ProxyCase>> = {
  nginx: nginxCase,
  haproxy: haproxyCase,
  httpd: httpdCase,
  caddy: caddyCase,
  // Where clients need certificates, it gives them no session to resume.
  'caddy-current': { ...caddyCase, resumes: false },
  envoy: envoyCase,
  traefik: traefikCase,
}
