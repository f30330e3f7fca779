import { ask, askService, startProxy, startService } from '@peergate/proxies'
import type {
  Answer,
  AskOptions,
  EdgePki,
  InstalledProxy,
  RunningProxy,
  Service,
  ServiceOptions,
  Told,
} from '@peergate/proxies'
import type { Clients } from './clients.js'
import { createEditor, inExamples } from './configuration-editor.js'
import type { ProxyCase, Replacement } from './proxy-case.js'

export interface EdgeOptions extends Partial<ServiceOptions> {
  /** What is changed in the configuration of the example. */
  readonly replacements?: readonly Replacement[]
}

/** A proxy, and a service behind it. */
export interface Edge {
  /** Where the proxy listens. */
  readonly port: number
  readonly service: Service
  readonly ask: (own: Omit<AskOptions, 'port'>) => Promise<Answer>
  /** What the service says; refuses a request that did not reach it. */
  readonly tell: (own: Omit<AskOptions, 'port'>) => Promise<Told>
  readonly stop: () => Promise<void>
}

/** Where a proxy is tried: the certificates, the proxy, and what is known of its product. */
export interface Trial {
  readonly pki: EdgePki
  readonly proxy: InstalledProxy
  readonly product: ProxyCase
  readonly clients: Clients
}

/** Runs `body` behind a proxy that is stopped afterwards. */
export async function withEdge(
  trial: Trial,
  options: EdgeOptions,
  body: (edge: Edge) => Promise<void>,
): Promise<void> {
  const edge = await openEdge(trial, options)
  try {
    await body(edge)
  } finally {
    await edge.stop()
  }
}

async function openEdge(trial: Trial, options: EdgeOptions): Promise<Edge> {
  const { pki, proxy, product } = trial
  const { replacements = [], ...own } = options
  const service = await startService(pki, {
    contract: product.contract,
    proof: 'address',
    user: proxy.product.runsAs,
    ...own,
  })
  try {
    const { port, stop } = await startEdge(trial, replacements, service)
    const asked = async (request: Omit<AskOptions, 'port'>) => ask(pki, { port, ...request })
    return {
      port,
      service,
      ask: asked,
      tell: async (request) => reached(await asked(request)),
      async stop() {
        await stop()
        service.stop()
      },
    }
  } catch (error) {
    service.stop()
    throw error
  }
}

async function startEdge(
  { pki, proxy, product }: Trial,
  replacements: readonly Replacement[],
  { address, port }: Service,
): Promise<RunningProxy> {
  const editor = createEditor(replacements, port)
  const running = await startProxy(proxy, {
    files: product.files.map(inExamples),
    certs: pki.folder,
    service: address,
    edit: editor.edit,
  })
  const fault = editor.fault()
  if (fault === null) return running
  await running.stop()
  throw new Error(fault)
}

/** What the service says, which is asked past its proxy. */
export async function tellDirectly(...parameters: Parameters<typeof askService>): Promise<Told> {
  return reached(await askService(...parameters))
}

function reached({ told, status }: Pick<Answer, 'status' | 'told'>): Told {
  if (told === null) throw new Error(`the request did not reach the service: ${status}`)
  return told
}

/** Header lines which say that the client is the victim. */
export function forged({ product, clients }: Trial): readonly string[] {
  return product.forge(clients.victim)
}
