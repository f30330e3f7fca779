import { onGateEvent } from '@peergate/core'
import type { ClientIdentity, PeerGateErrorCode, RolloutMode } from '@peergate/core'
import { readerId } from './conformance-gates.js'
import { withClient } from './conformance-target.js'
import type { ConformanceTarget } from './conformance-target.js'
import type { LeafRequest } from './pki-declaration.js'

/** A client of the truth table. */
export interface RolloutClient {
  readonly name: string
  /** Its certificate; null without one. */
  readonly leaf: Partial<LeafRequest> | 'revoked' | null
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

/** Sends one request over a fresh connection to a fresh application of gates in `mode`. */
export async function observeRollout(
  target: ConformanceTarget,
  { leaf }: RolloutClient,
  { mode, path }: { readonly mode: RolloutMode; readonly path: string },
): Promise<RolloutOutcome> {
  const recorded: string[] = []
  const subscription = onGateEvent(
    ({ type, statusCode, code, isEnforced }) =>
      recorded.push(`${type} ${statusCode} ${code} ${isEnforced ? 'enforced' : 'observed'}`),
    { types: ['handshake-refused', 'identity-rejected', 'permission-denied'] },
  )
  try {
    let outcome: Omit<RolloutOutcome, 'isHandled' | 'recorded'> | undefined
    let handled = 0
    await withClient(
      target,
      leaf,
      async (client, { app, gates }) => {
        const response = await client.request('GET', path).catch(() => null)
        handled = app.handled()
        if (response === null) {
          const { error } = await gates.refused
          outcome = { status: null, code: error.code, identity: null }
        } else outcome = readAnswer(response.status, response.body)
      },
      { mode },
    )
    return { ...(outcome as NonNullable<typeof outcome>), isHandled: handled > 0, recorded }
  } finally {
    subscription.stop()
  }
}

function readAnswer(status: number, body: string) {
  const read = JSON.parse(body) as (Partial<ClientIdentity> & { code?: PeerGateErrorCode }) | null
  return { status, code: read?.code ?? null, identity: read?.value ?? null }
}
