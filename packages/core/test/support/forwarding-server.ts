import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, NetConnectOpts } from 'node:net'
import { text } from 'node:stream/consumers'
import { createPeerGate, definePolicy, onceDecided, publicRoute, spiffe } from '@peergate/core'
import type { PeerGateOptions, PeerSource } from '@peergate/core'
import type { Test } from 'tap'

/** What the gate of a server says of a request, and what it leaves of its headers. */
export interface Told {
  /** The identity, or the code of the refusal. */
  readonly who: string
  readonly assurance: string | null
  readonly isPublic: boolean
  readonly rawHeaders: readonly string[]
  readonly headers: readonly string[]
}

type OwnOptions = Partial<Omit<PeerGateOptions<'spiffe', 'invoice:read'>, 'source'>>

export function createForwardedGate(source: PeerSource, own: OwnOptions = {}) {
  return createPeerGate({
    source,
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['invoice:read'],
      grants: [{ identity: 'spiffe://prod.example/ns/payments/sa/*', allow: ['invoice:read'] }],
    }),
    ...own,
  })
}

/** A plain server that answers with what `gate` says of the sender. */
export function createForwardingServer(gate: ReturnType<typeof createForwardedGate>): Server {
  const guard = gate.guard(publicRoute)
  return createServer((request, response) => {
    const admission = gate.admit(request)
    onceDecided(
      () => guard(admission, request),
      ({ allowed: isPublic }) => {
        const told: Told = {
          who: admission.identity?.value ?? String(admission.refusal?.code),
          assurance: admission.identity?.assurance ?? null,
          isPublic,
          ...headersOf(request),
        }
        response.end(JSON.stringify(told))
      },
    )
  })
}

function headersOf(request: IncomingMessage): Pick<Told, 'headers' | 'rawHeaders'> {
  const distinct = Object.keys(request.headersDistinct)
  const names = new Set([...Object.keys(request.headers), ...distinct])
  return { rawHeaders: request.rawHeaders, headers: [...names] }
}

export async function listenOn(t: Test, server: Server, path?: string): Promise<NetConnectOpts> {
  await once(
    server.listen(path === undefined ? { host: '127.0.0.1', port: 0 } : { path }),
    'listening',
  )
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  if (path !== undefined) return { path }
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

/** The answer to one request with these header lines, byte for byte. */
export async function tell(where: NetConnectOpts, lines: readonly string[]): Promise<Told> {
  const socket = connect(where)
  const request = ['GET / HTTP/1.1', ...lines, 'host: localhost', 'connection: close', '', '']
  socket.write(request.join('\r\n'), 'latin1')
  const [head, body] = (await text(socket)).split('\r\n\r\n')
  assert.match(String(body), /^\{/u, `no answer: ${head}`)
  return JSON.parse(String(body)) as Told
}
