import { fingerprintOf, readerId } from '@peergate/proxies'
import type { Answer } from '@peergate/proxies'
import { openTestClient } from '@peergate/testkit'
import type { MintedLeaf } from '@peergate/testkit'
import type { Check } from './check.js'
import { hostileUriId, victimId } from './clients.js'
import { ambiguous, invalid, missing, untrusted } from './codes.js'
import { forged, tellDirectly, withEdge } from './edge.js'
import type { Edge, Trial } from './edge.js'

/** What holds of every proxy that is configured as its example shows. */
export function runEdgeScenarios(check: Check, trial: Trial): Promise<void> {
  return withEdge(trial, {}, async (edge) => {
    for (const [rule, run] of atTheEdge) {
      check.scenario(rule)
      await run({ check, trial, edge }).catch(check.fail)
    }
  })
}

interface Scene {
  readonly check: Check
  readonly trial: Trial
  readonly edge: Edge
}

type EdgeScenario = readonly [rule: string, run: (scene: Scene) => Promise<void>]

const atTheEdge: readonly EdgeScenario[] = [
  [
    'identifies a client, and leaves no header of the proxy',
    async ({ check, trial, edge }) => {
      const { reader } = trial.clients
      const { sender, ...told } = await edge.tell({ leaf: reader })
      check.same(typeof sender, 'number', 'sender')
      check.same(told, { ...identified(readerId, reader), isPublic: true, left: [] }, 'told')
    },
  ],
  [
    'identifies a client with hostile names beside its own',
    async ({ check, trial: { clients }, edge }) => {
      const { who, fingerprint } = await edge.tell({ leaf: clients.hostile })
      check.same([who, fingerprint], [readerId, fingerprintOf(clients.hostile)], 'told')
    },
  ],
  [
    'takes a hostile URI for the one name that it is',
    async ({ check, trial: { clients }, edge }) => {
      const told = await edge.tell({ leaf: clients.hostileUri, path: '/uri' })
      check.same(told.who, hostileUriId, 'as a URI')
      const { who } = await edge.tell({ leaf: clients.hostileUri })
      check.same(who, invalid, 'as a SPIFFE ID')
    },
  ],
  [
    'takes quotes and line ends in a URI for no name at all',
    async ({ check, trial: { clients }, edge }) => {
      for (const path of ['/', '/uri']) {
        const { told } = await edge.ask({ leaf: clients.brokenUri, path })
        // Caddy and Traefik refuse the certificate.
        check.oneOf(told?.who ?? invalid, [invalid], path)
      }
    },
  ],
  ['refuses a client without a certificate', refusedAtTheEdge(() => undefined)],
  ['refuses a certificate of an unknown CA', refusedAtTheEdge(({ stranger }) => stranger)],
  ['refuses a CA with a name that is not its own', refusedAtTheEdge(({ rogue }) => rogue)],
  ['refuses an expired certificate', refusedAtTheEdge(({ expired }) => expired)],
  ['identifies a client that resumes a session of TLS 1.2', resumes('TLSv1.2')],
  ['identifies a client that resumes a session of TLS 1.3', resumes('TLSv1.3')],
  [
    'lets no client be another by a header of its own',
    async ({ check, trial, edge }) => {
      const lines = forged(trial)
      const { who, left } = await edge.tell({ leaf: trial.clients.reader, lines })
      check.same([who, left], [readerId, []], 'told')
    },
  ],
  [
    'lets no client be another by lines that it doubles',
    async ({ check, trial, edge }) => {
      const lines = [...forged(trial), ...forged(trial)]
      const { who, left } = await edge.tell({ leaf: trial.clients.reader, lines })
      check.same([who, left], [readerId, []], 'told')
    },
  ],
  ...['_', '.', '~'].map((mark): EdgeScenario => [
    `lets no client be another by "${mark}" in the place of dashes`,
    async ({ check, trial, edge }) => {
      const lines = forged(trial).map((text, at) => (at % 2 === 0 ? respell(text, mark) : text))
      const { who, left } = await edge.tell({ leaf: trial.clients.reader, lines })
      check.oneOf(who, [readerId, ambiguous], 'who')
      check.same(left, [], 'left')
    },
  ]),
  [
    'lets no client take headers of the proxy away',
    async ({ check, trial, edge }) => {
      const names = forged(trial).filter((_, at) => at % 2 === 0)
      const lines = [...forged(trial), 'Connection', names.join(', ')]
      const { told } = await edge.ask({ leaf: trial.clients.reader, lines })
      // It may lose its own identity, which harms nobody else.
      check.oneOf(told?.who ?? missing, [readerId, missing], 'who')
    },
  ],
  [
    'identifies a client of HTTP/2',
    async ({ check, trial, edge }) => {
      if (!trial.product.hasHttp2) return
      const client = openTestClient({
        port: edge.port,
        serverCa: trial.pki.pki.authority('server-ca').certificate,
        leaf: trial.clients.reader,
        protocol: 'h2',
      })
      const lines = Object.fromEntries(pairs(forged(trial)))
      for (const headers of [{}, lines]) {
        const { body } = await client.request('GET', '/', headers)
        check.same((JSON.parse(body) as { who: string }).who, readerId, 'who')
      }
      client.close()
    },
  ],
  [
    'refuses the same headers from anybody but the proxy',
    async ({ check, trial, edge }) => {
      const { port } = edge.service
      const from = (localAddress: string) => ({ host: '127.0.0.1', port, localAddress })
      const believed = await tellDirectly(from('127.0.0.1'), forged(trial))
      check.same(believed.who, victimId, 'a trusted address')
      const { who, isPublic, left } = await tellDirectly(from('127.0.0.2'), forged(trial))
      check.same([who, isPublic, left], [untrusted, false, []], 'another address')
    },
  ],
]

function identified(who: string, leaf: MintedLeaf) {
  return { who, assurance: 'proxy-verified', fingerprint: fingerprintOf(leaf) }
}

function refusedAtTheEdge(
  choose: (clients: Trial['clients']) => MintedLeaf | undefined,
): EdgeScenario[1] {
  return async ({ check, trial, edge }) => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const lines of [[], forged(trial)]) {
        const { told } = await edge.ask({ leaf: choose(trial.clients), version, lines })
        check.same(told, null, version)
      }
    }
  }
}

function resumes(version: 'TLSv1.2' | 'TLSv1.3'): EdgeScenario[1] {
  return async ({ check, trial, edge }) => {
    const { reader } = trial.clients
    const first = await edge.ask({ leaf: reader, version })
    const { session } = first
    const again = await edge.ask({ leaf: reader, version, session, lines: forged(trial) })
    const canResume = trial.product.resumes
    check.same([first.isResumed, again.isResumed], [false, canResume], 'resumed')
    check.same([first, again].map(whoOf), [readerId, readerId], 'who')
  }
}

function whoOf({ told }: Answer): string | undefined {
  return told?.who
}

function respell(name: string, mark: string): string {
  return name.replaceAll('-', mark)
}

/** As HTTP/2 has them. */
function pairs(lines: readonly string[]): [string, string][] {
  return lines.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name.toLowerCase(), lines[at + 1] ?? '']] : [],
  )
}
