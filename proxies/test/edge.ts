import { ask, askService, startProxy, startService } from '@peergate/proxies'
import type {
  Answer,
  AskOptions,
  EdgePki,
  InstalledProxy,
  Service,
  ServiceOptions,
  Told,
} from '@peergate/proxies'
import type { Clients } from './clients.js'
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
  const editor = createEditor(replacements, service.port)
  const { port, stop } = await startProxy(proxy, {
    files: product.files.map(inExamples),
    certs: pki.folder,
    service: service.address,
    edit: editor.edit,
  })
  editor.refuseUnused()
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
}

/** Replaces in whichever file has the text: a mistake that was not made proves nothing. */
function createEditor(replacements: readonly Replacement[], port: number) {
  const unused = new Set(replacements)
  return {
    edit(text: string): string {
      return replacements.reduce((before, replacement) => {
        const [from, to] = replacement
        if (before.includes(from)) unused.delete(replacement)
        return before.replaceAll(from, to.replaceAll('{port}', `${port}`))
      }, text)
    },
    refuseUnused(): void {
      const [first] = unused
      if (first !== undefined) throw new Error(`the configuration has no ${first[0]}`)
    },
  }
}

function inExamples(file: string): URL {
  return new URL(`../../../examples/${file}`, import.meta.url)
}

/** What the service says, who is asked past its proxy. */
export async function tellDirectly(...parameters: Parameters<typeof askService>): Promise<Told> {
  return reached(await askService(...parameters))
}

function reached({ told, status }: Pick<Answer, 'status' | 'told'>): Told {
  if (told === null) throw new Error(`the request did not reach the service: ${status}`)
  return told
}
