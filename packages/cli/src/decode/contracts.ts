import {
  akamai,
  apache,
  awsAlbPassthrough,
  awsAlbVerify,
  azureAppService,
  azureApplicationGateway,
  azureContainerApps,
  caddy,
  cloudFoundry,
  cloudflare,
  cloudfront,
  envoyXfcc,
  envoyXfccJson,
  gcp,
  haproxy,
  ingressNginx,
  linkerd,
  nginx,
  rfc9440,
  traefik,
} from '@peergate/core'
import type { ProxyContract } from '@peergate/core'
import { unknownName } from '@peergate/core/options'
import { UsageError } from '../output/exit-code.js'

interface ContractRecipe {
  readonly create: (options: never) => ProxyContract
  /** What the guide of the proxy names its headers, and that nobody vouches for them. */
  readonly defaults: Readonly<Record<string, boolean | number | string>>
}

const asserted = { proxyVerifies: false }
const certificate = 'X-SSL-Client-Cert'
const verify = 'X-SSL-Client-Verify'

const recipes: ReadonlyMap<string, ContractRecipe> = new Map<string, ContractRecipe>([
  ['akamai', { create: akamai, defaults: asserted }],
  [
    'apache',
    { create: apache, defaults: { certificate, verify, session: 'X-SSL-Client-Session' } },
  ],
  ['aws-alb-passthrough', { create: awsAlbPassthrough, defaults: asserted }],
  ['aws-alb-verify', { create: awsAlbVerify, defaults: {} }],
  ['azure-app-service', { create: azureAppService, defaults: asserted }],
  [
    'azure-application-gateway',
    {
      create: azureApplicationGateway,
      defaults: { certificate: 'X-Client-Certificate', verification: 'X-Client-Verification' },
    },
  ],
  ['azure-container-apps', { create: azureContainerApps, defaults: asserted }],
  ['caddy', { create: caddy, defaults: { certificate: 'X-Client-Cert-Der', ...asserted } }],
  ['cloud-foundry', { create: cloudFoundry, defaults: asserted }],
  ['cloudflare', { create: cloudflare, defaults: asserted }],
  ['cloudfront', { create: cloudfront, defaults: asserted }],
  ['envoy-xfcc', { create: envoyXfcc, defaults: { ...asserted, elements: 1, hop: 1 } }],
  ['envoy-xfcc-json', { create: envoyXfccJson, defaults: { ...asserted, elements: 1, hop: 1 } }],
  [
    'gcp',
    {
      create: gcp,
      defaults: {
        leaf: 'X-Client-Cert-Leaf',
        present: 'X-Client-Cert-Present',
        verified: 'X-Client-Cert-Verified',
      },
    },
  ],
  ['haproxy', { create: haproxy, defaults: { certificate, verify, used: 'X-SSL-Client-Used' } }],
  ['ingress-nginx', { create: ingressNginx, defaults: {} }],
  ['linkerd', { create: linkerd, defaults: {} }],
  ['nginx', { create: nginx, defaults: { certificate, verify } }],
  ['rfc9440', { create: rfc9440, defaults: asserted }],
  ['traefik', { create: traefik, defaults: asserted }],
])

/**
 * The contract of that name.
 *
 * @param texts `option=value`, over what is usual
 * @throws {UsageError} for a name that is not known
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function createContract(name: string, texts: readonly string[]): ProxyContract {
  const recipe = recipes.get(name)
  if (recipe === undefined) throw new UsageError(unknownName('contract', name, recipes.keys()))
  const options = { ...recipe.defaults, ...Object.fromEntries(texts.map(readOption)) }
  return recipe.create(options as never)
}

function readOption(text: string): readonly [string, boolean | number | string] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--set must be of the form option=value: ${text}`)
  return [text.slice(0, at), readValue(text.slice(at + 1))]
}

function readValue(text: string): boolean | number | string {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^\d{1,6}$/u.test(text) ? Number(text) : text
}
