import { askService, readerId } from '@peergate/proxies'
import type { MintedLeaf } from '@peergate/testkit'
import type { Check } from './check.js'
import { victimId, writerId } from './clients.js'
import { missing, untrusted } from './codes.js'
import { forged, tellDirectly, withEdge } from './edge.js'
import type { Edge, Trial } from './edge.js'
import type { Scenario } from './proxy-case.js'

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
    'tells the clients of one connection to the service apart',
    (check, trial) =>
      withEdge(trial, { replacements: trial.product.sharing }, async (edge) => {
        const { reader, writer } = trial.clients
        const senders = new Set<number | null>()
        for (const [leaf, id] of [
          [reader, readerId],
          [writer, writerId],
          [reader, readerId],
        ] as const) {
          const { who, sender } = await edge.tell({ leaf })
          check.same(who, id, 'who')
          senders.add(sender)
        }
        check.same(senders.size, 1, 'connections')
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
