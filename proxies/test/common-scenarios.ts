import { askService, fingerprintOf, readerId } from '@peergate/proxies'
import type { Answer } from '@peergate/proxies'
import { openTestClient } from '@peergate/testkit'
import type { MintedLeaf } from '@peergate/testkit'
import type { Check } from './check.js'
import { hostileUriId, victimId, writerId } from './clients.js'
import { ambiguous, missing, untrusted } from './codes.js'
import { tellDirectly, withEdge } from './edge.js'
import type { Edge, Trial } from './edge.js'
import type { Scenario } from './proxy-case.js'

/** What holds of every proxy that is configured as its example shows. */
export function runCommonScenarios(check: Check, trial: Trial): Promise<void> {
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
      const told = await edge.tell({ leaf: reader })
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
      check.same(who, 'ERR_PEERGATE_IDENTITY_MALFORMED', 'as a SPIFFE ID')
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
    'tells the clients of one connection to the service apart',
    async ({ check, trial: { clients }, edge }) => {
      for (const [leaf, id] of [
        [clients.reader, readerId],
        [clients.writer, writerId],
        [clients.reader, readerId],
      ] as const) {
        check.same((await edge.tell({ leaf })).who, id, 'who')
      }
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
  return { who, fingerprint: fingerprintOf(leaf) }
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
    const canResume = version === 'TLSv1.3' || trial.product.resumesTls12
    check.same([first.isResumed, again.isResumed], [false, canResume], 'resumed')
    check.same([first, again].map(whoOf), [readerId, readerId], 'who')
  }
}

function whoOf({ told }: Answer): string | undefined {
  return told?.who
}

/** Header lines which say that the client is the victim. */
export function forged({ product, clients }: Trial): readonly string[] {
  return product.forge(clients.victim)
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

/** What holds where the configuration differs from the example in what it may. */
export const furtherScenarios: readonly Scenario[] = [
  [
    'tells that a client without a certificate has none',
    (check, trial) =>
      withEdge(trial, { replacements: [trial.product.optional] }, async (edge) => {
        for (const lines of [[], forged(trial)]) {
          const { who, isPublic, left } = await edge.tell({ lines })
          check.same([who, isPublic, left], [missing, true, []], 'without')
        }
        check.same((await edge.tell({ leaf: trial.clients.reader })).who, readerId, 'with one')
      }),
  ],
  [
    'refuses unknown, rogue and expired certificates where they are the client’s choice',
    (check, trial) =>
      withEdge(trial, { replacements: [trial.product.optional] }, async (edge) => {
        for (const role of ['stranger', 'rogue', 'expired'] as const) {
          const { told } = await edge.ask({ leaf: trial.clients[role], lines: forged(trial) })
          // Some let the handshake succeed, and tell the service that there is no certificate.
          check.oneOf(told?.who ?? missing, [missing], role)
        }
      }),
  ],
  [
    'demands no more of the gate than the proxy can give',
    (check, trial) =>
      withEdge(trial, { minimumAssurance: 'proxy-verified' }, async (edge) => {
        const { who, assurance } = await edge.tell({ leaf: trial.clients.reader })
        check.same([who, assurance], [readerId, 'proxy-verified'], 'told')
      }),
  ],
  [
    'trusts the proxy at a Unix socket, and nobody at a port',
    async (check, trial) => {
      if (!trial.product.hasUnixSocket) return
      await withEdge(trial, { proof: 'unix-socket' }, async (edge) => {
        check.same((await edge.tell({ leaf: trial.clients.reader })).who, readerId, 'the client')
        const lines = forged(trial)
        const { who } = await edge.tell({ leaf: trial.clients.reader, lines })
        check.same(who, readerId, 'the client with a header of its own')
        const { address, port } = edge.service
        if ('path' in address) {
          check.same((await tellDirectly(address, lines)).who, victimId, 'the socket')
        }
        const direct = await tellDirectly({ host: '127.0.0.1', port }, lines)
        check.same(direct.who, untrusted, 'a port')
      })
    },
  ],
  [
    'trusts the proxy by its own certificate, and nobody by another',
    (check, trial) => {
      const replacements = trial.product.secondHop
      return withEdge(trial, { proof: 'certificate', replacements }, async (edge) => {
        const lines = forged(trial)
        check.same((await edge.tell({ leaf: trial.clients.reader })).who, readerId, 'the client')
        const own = await edge.tell({ leaf: trial.clients.reader, lines })
        check.same(own.who, readerId, 'the client with a header of its own')
        await checkSecondHop(check, trial, edge)
      })
    },
  ],
]

async function checkSecondHop(check: Check, trial: Trial, edge: Edge): Promise<void> {
  const { pki } = trial.pki
  const where = { host: '127.0.0.1', port: edge.service.port }
  const ca = pki.authority('server-ca').certificate
  const from = async (leaf?: MintedLeaf) => {
    const own = leaf === undefined ? {} : { cert: leaf.certificate, key: leaf.key }
    const { told } = await askService(where, forged(trial), { ca, ...own })
    return told?.who ?? null
  }
  const other = await trial.pki.issueClient({ issuer: 'proxy-ca' })
  check.same(await from(pki.leaf('proxy')), victimId, 'the proxy’s certificate')
  check.same(await from(other), untrusted, 'another of the same CA')
  check.same(await from(trial.clients.reader), null, 'one of a client')
  check.same(await from(), null, 'none')
}
