import assert from 'node:assert/strict'
import { createPeerGate, onGateEvent, socketSource } from '@peergate/core'
import type {
  Authorize,
  ClientIdentity,
  IdentityKind,
  IdentityRule,
  PeerGateError,
  PeerGateErrorCode,
  PeerSource,
  TlsGate,
} from '@peergate/core'
import { forwardedHeaders } from '../conformance-gates.js'
import { assertProblem } from '../conformance-target.js'
import type { ConformanceApp } from '../conformance-target.js'
import type { DecisionCase } from './case.js'
import { engineWithin } from './engine.js'
import { meetPeers, proxyLeaf } from './peers.js'
import type { DecisionPeers, Peer } from './peers.js'
import { definePolicyOf, ownName, requirementOf } from './policy.js'
import type { PlacedCase } from './policy.js'
import type {
  DecisionGates,
  DecisionGroup,
  DecisionRoute,
  DecisionTarget,
  RunningGroup,
} from './target.js'
import { openTestClient } from '../test-client.js'
import type { TestClient } from '../test-client.js'

export interface GroupOptions {
  readonly name: string
  readonly rule: IdentityRule
  readonly cases: readonly DecisionCase[]
  /** The source of a service that a proxy forwards its clients to. */
  readonly forwarded?: (tls: TlsGate) => PeerSource
  /** Whether a shadow policy stands beside the one that decides. */
  readonly hasShadow?: boolean
  /** `engine` asks what the cases say that it answers. */
  readonly decides?: 'engine' | 'grants'
}

export function createGroup(options: GroupOptions): DecisionGroup {
  return { name: options.name, start: (target) => startGroup(options, target) }
}

async function startGroup(options: GroupOptions, target: DecisionTarget): Promise<RunningGroup> {
  const peers = await meetPeers()
  const cases = await Promise.all(options.cases.map((one, place) => placeCase(one, place, peers)))
  const faults: PeerGateError[] = []
  const gates = createGates(options, { peers, cases, faults })
  const app = await target.start(gates, cases.map(routeOf))
  const proxy = options.forwarded === undefined ? null : await peers.issue(proxyLeaf)
  const clients = connect(target, app, peers)
  return {
    cases: cases.map((one) => ({
      name: one.name,
      run: () => runCase(one, { app, faults, proxy, clientOf: clients.of }),
    })),
    async close() {
      clients.close()
      await app.close()
    },
  }
}

interface PeerCase extends PlacedCase {
  readonly peer: Peer
}

async function placeCase(
  one: DecisionCase,
  place: number,
  { issue }: DecisionPeers,
): Promise<PeerCase> {
  const [peer, other] = await Promise.all([
    issue(one.leaf),
    typeof one.grants === 'function' ? issue({ ...one.leaf, subject: 'O=Other' }) : null,
  ])
  const fingerprints = { own: peer.fingerprint256, other: other?.fingerprint256 ?? '' }
  return { ...one, place, peer, fingerprints }
}

function routeOf(one: PeerCase): DecisionRoute {
  return { path: pathOf(one, one.route), requirement: requirementOf(one) }
}

function pathOf({ place }: PlacedCase, below = ''): string {
  return `/${place}${below}`
}

interface Surroundings {
  readonly peers: DecisionPeers
  readonly cases: readonly PeerCase[]
  readonly faults: PeerGateError[]
}

function createGates(
  { rule, forwarded, hasShadow = false, decides = 'grants' }: GroupOptions,
  { peers: { tls }, cases, faults }: Surroundings,
): DecisionGates {
  const gate = createPeerGate<IdentityKind, string>({
    source: forwarded?.(tls) ?? socketSource({ tls }),
    identity: rule,
    policy: definePolicyOf(rule.kind, cases, decides),
    ...(hasShadow && { shadow: definePolicyOf(rule.kind, cases.map(shadowOf), decides) }),
    onFault: (error) => faults.push(error),
    ...(decides === 'engine' && { authorize: askCase(cases), authorizeWithin: engineWithin }),
  })
  return { tls, gate }
}

function shadowOf(one: PeerCase): PeerCase {
  return one.shadowGrants === undefined ? one : { ...one, grants: one.shadowGrants }
}

/** The one engine of a gate, which answers as the case does whose permission is asked for. */
function askCase(cases: readonly PeerCase[]): Authorize {
  const engines = new Map(cases.map((one) => [ownName(one, 'read'), one.authorize]))
  return (question) => {
    const authorize = engines.get(question.permission)
    assert.ok(authorize, `${question.permission} is not asked of the engine`)
    return authorize(question)
  }
}

interface Clients {
  readonly of: (peer: Peer) => TestClient
  readonly close: () => void
}

/** One connection for each certificate. */
function connect(
  { protocol }: DecisionTarget,
  { port }: ConformanceApp,
  { serverCa }: DecisionPeers,
): Clients {
  const clients = new Map<Peer, TestClient>()
  return {
    of(peer) {
      const client = clients.get(peer) ?? openTestClient({ port, protocol, serverCa, leaf: peer })
      clients.set(peer, client)
      return client
    },
    close() {
      for (const client of clients.values()) client.close()
    },
  }
}

interface Setting {
  readonly app: ConformanceApp
  readonly faults: readonly PeerGateError[]
  /** Null where the clients connect themselves. */
  readonly proxy: Peer | null
  readonly clientOf: (peer: Peer) => TestClient
}

async function runCase(one: PeerCase, setting: Setting): Promise<void> {
  const { tried } = one
  if (tried === undefined) return assertAnswer(one, setting)
  const codes: PeerGateErrorCode[] = []
  const { stop } = onGateEvent(({ code, isEnforced }) => isEnforced || codes.push(code), {
    types: ['identity-rejected', 'permission-denied'],
  })
  try {
    await assertAnswer(one, setting)
  } finally {
    stop()
  }
  assert.deepEqual(codes, tried)
}

async function assertAnswer(
  one: PeerCase,
  { app, faults, proxy, clientOf }: Setting,
): Promise<void> {
  const { peer, answer, headers } = one
  const [handled, reported] = [app.handled(), faults.length]
  const forwarded = proxy === null ? {} : forwardedHeaders(peer.certificate)
  const path = pathOf(one, one.path ?? one.route)
  const client = clientOf(proxy ?? peer)
  const response = await client.request('GET', path, { ...forwarded, ...headers })
  if (answer.code === null) {
    assert.equal(response.status, answer.status)
    const identity = JSON.parse(response.body) as ClientIdentity | null
    const expected = answer.isIdentified ? peer.fingerprint256 : undefined
    assert.equal(identity?.fingerprint256, expected)
  } else {
    assertProblem(response, answer.status, answer.code)
  }
  assert.equal(app.handled() - handled, answer.code === null ? 1 : 0)
  assert.equal(faults.length - reported, answer.faults)
}
