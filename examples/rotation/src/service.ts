import { EventEmitter, once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  createPeerGate,
  createTlsGate,
  definePolicy,
  onceDecided,
  socketSource,
  spiffe,
} from '@peergate/core'
import type { PeerRefusal, ReloadOutcome, TlsGate } from '@peergate/core'

/** What the service reads from its folder. */
export interface Files {
  readonly 'client-cas.pem': string
  readonly 'revoked.pem': string
  readonly 'server.pem': string
  readonly 'server-key.pem': string
}

/** A peer that the TLS gate refused: in its handshake, or on a live connection. */
interface Refusal {
  /** The common name of its certificate. */
  readonly client: string
  readonly code: string
  /** Epoch milliseconds. */
  readonly at: number
}

export interface Service {
  readonly tls: TlsGate
  readonly port: number
  readonly refusals: readonly Refusal[]
  /** How many requests were performed that had been performed before. */
  readonly performedTwice: () => number
  /** Replaces a file as a whole. */
  readonly replace: (file: keyof Files, content: string) => void
  /** Writes over a file in place, as a tool does that is interrupted half-way. */
  readonly overwrite: (file: keyof Files, content: string) => void
  /** The next outcome that `isExpected`; fails after two seconds. */
  readonly nextOutcome: (isExpected: (outcome: ReloadOutcome) => boolean) => Promise<ReloadOutcome>
  readonly close: () => Promise<void>
}

/** Starts a service on a free port that reads its material from a temporary folder. */
export async function startService(files: Files): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-rotation-'))
  const path = (file: keyof Files) => join(folder, file)
  const overwrite = (file: keyof Files, content: string) => writeFileSync(path(file), content)
  for (const [file, content] of Object.entries(files)) overwrite(file as keyof Files, content)

  const outcomes = new EventEmitter()
  const refusals: Refusal[] = []
  const tls = createTlsGate({
    server: { cert: path('server.pem'), key: path('server-key.pem') },
    clientCas: {
      payments: { anchors: path('client-cas.pem'), revocation: { lists: path('revoked.pem') } },
    },
    reload: { every: 0.1 },
    // So that it can be said whose certificate was refused.
    refusals: 'recorded',
    onRefused: (refusal) => void refusals.push(readRefusal(refusal)),
    onReload: (outcome) => outcomes.emit('outcome', outcome),
  })
  const { server, performedTwice } = await listen(tls)

  return {
    tls,
    port: (server.address() as AddressInfo).port,
    refusals,
    performedTwice,
    replace(file, content) {
      const next = join(folder, 'next')
      writeFileSync(next, content)
      renameSync(next, path(file))
    },
    overwrite,
    async nextOutcome(isExpected) {
      const signal = AbortSignal.timeout(2000)
      for (;;) {
        const [outcome] = (await once(outcomes, 'outcome', { signal })) as [ReloadOutcome]
        if (isExpected(outcome)) return outcome
      }
    },
    async close() {
      tls.close()
      await once(server.close(), 'close')
      rmSync(folder, { recursive: true })
    },
  }
}

async function listen(tls: TlsGate) {
  const gate = createPeerGate({
    source: socketSource({ tls }),
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy,
  })
  const guard = gate.guard(gate.permission('invoice:read'))
  const performed = new Set<string>()
  let twice = 0
  const server = createServer(tls.serverOptions, (request, response) => {
    onceDecided(
      () => guard(gate.admit(request), request),
      ({ allowed }) => {
        if (allowed) answer(String(request.url), response)
        else response.writeHead(403).end()
      },
    )
  })

  function answer(invoice: string, response: ServerResponse): void {
    if (performed.has(invoice)) twice += 1
    performed.add(invoice)
    // As long as a database may take, so that every change meets answers in progress.
    void wait(20).then(() => response.end(invoice))
  }

  tls.attach(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, performedTwice: () => twice }
}

const policy = definePolicy({
  identity: 'spiffe',
  permissions: ['invoice:read'],
  grants: [{ identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['invoice:read'] }],
})

function readRefusal({ error, unverifiedCertificate: certificate }: PeerRefusal): Refusal {
  const client = certificate?.subject.replace(/^CN=/u, '') ?? 'unknown'
  return { client, code: error.code, at: Date.now() }
}
