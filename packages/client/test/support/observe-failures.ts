import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createClientIdentity } from '@peergate/client'
import type { CallingIdentity, ClientIdentityOptions } from '@peergate/client'
import { createTlsGate } from '@peergate/core'
import type { PeerGateError } from '@peergate/core'
import type { MintedLeaf } from '@peergate/testkit'
import { callers } from './calls.js'
import { clientCa, issueClient, materialOf, otherCa, pki } from './pki.js'

export const tlsVersions = ['TLSv1.2', 'TLSv1.3'] as const
export type TlsVersion = (typeof tlsVersions)[number]

/** What is wrong between a client and a server that demands a certificate of the client CA. */
interface FailureCause {
  readonly name: string
  readonly options?: (target: string) => Partial<ClientIdentityOptions>
  /** Until when the material is in order. */
  readonly until?: Date
  /** What differs from an ordinary server. */
  readonly server?: ServerOptions
}

interface ServerOptions {
  readonly leaf?: MintedLeaf
  /** A revocation list of the client CA. */
  readonly revocationList?: string
}

/** What becomes of a cause. */
export interface ObservedFailure {
  readonly cause: string
  /** The code of `createClientIdentity` where it is told the `clientCa`; null where it takes it. */
  readonly creation: string | null
  /** What each caller is told; null where there is no identity to call with. */
  readonly calls: Readonly<Record<string, unknown>> | null
}

/** Every cause with every caller, over real handshakes of this version at most. */
export async function observeFailures(version: TlsVersion): Promise<readonly ObservedFailure[]> {
  const observed: ObservedFailure[] = []
  for await (const cause of listCauses()) {
    const server = await startServer(cause.server)
    observed.push(await observe(cause, version, server.target).finally(server.close))
  }
  return observed
}

const worker = await issueClient()
const below = await issueClient({ issuer: 'issuing-ca' })
const stranger = await issueClient({ issuer: 'other-ca' })
const forServers = await issueClient({ usage: 'server', dns: ['worker.example'] })
const revoked = await issueClient()
const { pem: revocationList } = await pki.revocationList({
  issuer: 'client-ca',
  serialNumbers: [revoked.serialNumber],
})
const misnamed = await pki.issue({
  issuer: 'server-ca',
  subject: 'CN=other.example',
  usage: 'server',
  dns: ['other.example'],
})

/** One after the other, since what is about to expire is issued when its turn comes. */
async function* listCauses(): AsyncGenerator<FailureCause> {
  const chainless = { ...below, certificate: firstOf(below.certificate) }
  yield { name: 'no certificate', options: () => ({ servers: { 'other.example': {} } }) }
  yield { name: 'a certificate of another CA', options: () => materialOf(stranger) }
  const ending = await issueClient({ validity: { from: '-1h', to: '+3s' } })
  const until = ending.notAfter
  yield { name: 'an expired certificate', options: () => materialOf(ending), until }
  yield {
    name: 'a revoked certificate',
    options: () => materialOf(revoked),
    // An intermediate of which there is no list is refused, too, so that no other server has one.
    server: { revocationList },
  }
  yield { name: 'an intermediate is missing', options: () => materialOf(chainless) }
  yield { name: 'a certificate for servers', options: () => materialOf(forServers) }
  yield { name: 'the key of another certificate', options: () => ({ key: below.key }) }
  yield { name: 'a server of another name', server: { leaf: misnamed } }
  yield { name: 'a server of another SPIFFE ID', options: meanAnother }
  yield { name: 'a server of another CA', options: () => ({ serverCas: otherCa }) }
}

function meanAnother(target: string): Partial<ClientIdentityOptions> {
  return { servers: { [target]: { spiffeId: 'spiffe://prod.example/other' } } }
}

async function observe(
  { name, options, until }: FailureCause,
  version: TlsVersion,
  target: string,
): Promise<ObservedFailure> {
  const identify = (more: Partial<ClientIdentityOptions> = {}) =>
    createClientIdentity({
      ...materialOf(worker),
      servers: { [target]: {} },
      maxVersion: version,
      ...options?.(target),
      ...more,
    } as ClientIdentityOptions)
  const identity = attempt(identify)
  // To the second, as certificates say it.
  if (until !== undefined) await wait(until.getTime() + 1000 - Date.now())
  const creation = attempt(() => identify({ clientCa }))
  return {
    cause: name,
    creation: creation instanceof Error ? creation.code : null,
    calls: identity instanceof Error ? null : await tellAll(identity, `https://${target}/`),
  }
}

function attempt(identify: () => CallingIdentity): CallingIdentity | PeerGateError {
  try {
    return identify()
  } catch (error) {
    return error as PeerGateError
  }
}

/** What each caller is told when it calls `url`. */
export async function tellAll(
  identity: CallingIdentity,
  url: string,
): Promise<Readonly<Record<string, unknown>>> {
  const told: Record<string, unknown> = {}
  for (const [name, createCaller] of Object.entries(callers)) {
    const caller = createCaller(identity)
    told[name] = await caller.ask(url).catch((error: unknown) => error)
    await caller.close()
  }
  return told
}

/** A server that a worker may call, over either version of TLS and of HTTP. */
export async function startServer({
  leaf = pki.leaf('server'),
  revocationList: lists,
}: ServerOptions = {}): Promise<{ readonly target: string; readonly close: () => void }> {
  const tls = createTlsGate({
    server: { cert: leaf.certificate, key: leaf.key },
    minVersion: 'TLSv1.2',
    clientCas: {
      workers: { anchors: clientCa, ...(lists !== undefined && { revocation: { lists } }) },
    },
  })
  const server = createSecureServer(
    { ...tls.serverOptions, allowHTTP1: true },
    (_request, response) => response.end('welcome'),
  )
  tls.attach(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    target: `localhost:${(server.address() as AddressInfo).port}`,
    close() {
      tls.close()
      server.close()
    },
  }
}

function firstOf(chain: string): string {
  return `${chain.split('-----END CERTIFICATE-----')[0]}-----END CERTIFICATE-----\n`
}
