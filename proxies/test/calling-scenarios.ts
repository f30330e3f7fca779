import { createClientIdentity } from '@peergate/client'
import type { MintedLeaf } from '@peergate/testkit'
import { callers, outcomeOf } from './callers.js'
import type { Check } from './check.js'
import { withEdge } from './edge.js'
import type { Edge, Trial } from './edge.js'
import type { Scenario } from './proxy-case.js'

/** What the callers of a client identity are told by servers that are not ours. */
export const callingScenarios: readonly Scenario[] = [
  ['answers every caller of a client identity', (check, trial) => callAs(check, trial, 'reader')],
  ['tells every caller that it needs a certificate', (check, trial) => callAs(check, trial, null)],
  ['tells every caller that its CA is unknown', (check, trial) => callAs(check, trial, 'stranger')],
]

function callAs(check: Check, trial: Trial, role: 'reader' | 'stranger' | null): Promise<void> {
  return withEdge(trial, {}, async (edge) => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const expected = role === 'reader' ? 200 : trial.product.callers[role ?? 'nobody']
      for (const [name, outcome] of Object.entries(await callAll(trial, edge, role, version))) {
        check.same(outcome, expected, `${name} over ${version}`)
      }
    }
  })
}

async function callAll(
  { pki, clients, product }: Trial,
  { port }: Edge,
  role: 'reader' | 'stranger' | null,
  maxVersion: 'TLSv1.2' | 'TLSv1.3',
): Promise<Readonly<Record<string, number | string>>> {
  const leaf: MintedLeaf = clients[role ?? 'reader']
  const identity = createClientIdentity({
    cert: leaf.certificate,
    key: leaf.key,
    serverCas: pki.pki.authority('server-ca').certificate,
    servers: { [role === null ? 'other.example' : `localhost:${port}`]: {} },
    maxVersion,
  })
  const outcomes: Record<string, number | string> = {}
  for (const [name, call] of Object.entries(callers)) {
    if (name === 'http2' && !product.hasHttp2) continue
    outcomes[name] = await outcomeOf(call(identity, `https://localhost:${port}/`))
  }
  identity.close()
  return outcomes
}
