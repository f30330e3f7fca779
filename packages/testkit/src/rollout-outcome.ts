import { onGateEvent } from '@peergate/core'
import type { ClientIdentity, GateEvent, PeerGateErrorCode, RolloutMode } from '@peergate/core'
import { readerId } from './conformance-gates.js'
import { withApp } from './conformance-target.js'
import type { ConformanceLeaf, ConformanceTarget, Setting } from './conformance-target.js'

/** A client of the truth table. */
export interface RolloutClient {
  readonly name: string
  readonly leaf: ConformanceLeaf
  /** The identity of its certificate, where that is accepted and has one. */
  readonly identity: string | null
}

/** What came of one request of one client in one mode. */
export interface RolloutOutcome {
  /** Null where the connection ended before HTTP. */
  readonly status: number | null
  /** Of the problem that answered, or of the refusal before HTTP; null where the handler answered. */
  readonly code: PeerGateErrorCode | null
  /** Whether the handler of the route was called. */
  readonly isHandled: boolean
  /** Whom the handler saw. */
  readonly identity: string | null
  /** The refusals that were recorded, in their order: `identity-rejected 401 ERR_PEERGATE_… observed`. */
  readonly recorded: readonly string[]
}

const expired = { from: '-2d', to: '-1d' }
const batchId = 'spiffe://prod.example/ns/batch/sa/worker'

/** From the least that a client can have to all that it needs. */
export const rolloutClients: readonly RolloutClient[] = [
  { name: 'no certificate', leaf: null, identity: null },
  { name: 'an untrusted certificate', leaf: { issuer: 'rogue-client-ca' }, identity: null },
  { name: 'an expired certificate', leaf: { validity: expired }, identity: null },
  { name: 'a revoked certificate', leaf: 'revoked', identity: null },
  { name: 'no name of the agreed form', leaf: { uri: [], dns: ['a.example'] }, identity: null },
  { name: 'an identity without the permission', leaf: { uri: [batchId] }, identity: batchId },
  { name: 'an identity with the permission', leaf: {}, identity: readerId },
]

export const rolloutModes: readonly RolloutMode[] = ['observe', 'enforce', 'strict']

/** The routes of the truth table, by what they need. */
export const rolloutRoutes = [
  ['a permission', '/invoices/42'],
  ['an identity', '/me'],
  ['nothing (public)', '/open'],
] as const

/** What came of one client in `mode`: a request to each of the routes, each over a connection of its own. */
export async function observeRollout(
  target: ConformanceTarget,
  { leaf }: RolloutClient,
  mode: RolloutMode,
): Promise<readonly RolloutOutcome[]> {
  const outcomes: RolloutOutcome[] = []
  await withApp(
    target,
    leaf,
    async (setting) => {
      for (const [, path] of rolloutRoutes) {
        // Each alone, since whatever the process does is recorded.
        // oxlint-disable-next-line no-await-in-loop
        outcomes.push(await observeRequest(path, setting))
      }
    },
    { mode },
  )
  return outcomes
}

async function observeRequest(path: string, { app, connect }: Setting): Promise<RolloutOutcome> {
  const refusals: Refused[] = []
  const subscription = onGateEvent((event) => refusals.push(event), { types: refusalTypes })
  const before = app.handled()
  const client = connect()
  try {
    const response = await client.request('GET', path).catch(() => null)
    const answer =
      response === null
        ? { status: null, code: (refusals[0] as Refused).code, identity: null }
        : readAnswer(response.status, response.body)
    return { ...answer, isHandled: app.handled() > before, recorded: refusals.map(describeRefusal) }
  } finally {
    client.close()
    subscription.stop()
  }
}

const refusalTypes = ['handshake-refused', 'identity-rejected', 'permission-denied'] as const

type Refused = Extract<GateEvent, { readonly type: (typeof refusalTypes)[number] }>

function describeRefusal({ type, statusCode, code, isEnforced }: Refused): string {
  return `${type} ${statusCode} ${code} ${isEnforced ? 'enforced' : 'observed'}`
}

function readAnswer(status: number, body: string) {
  const read = JSON.parse(body) as (Partial<ClientIdentity> & { code?: PeerGateErrorCode }) | null
  return { status, code: read?.code ?? null, identity: read?.value ?? null }
}
