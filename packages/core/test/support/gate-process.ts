import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { createTlsGate, socketSource } from '@peergate/core'
import type { DenylistOptions, HostOptions, ResumptionOptions } from '@peergate/core'
import { readPeer } from './read-peer.js'
import { createServerOf } from './tls-connection.js'

/** What the parent process sends first. */
export interface GateProcessOptions extends HostOptions {
  readonly resumption: ResumptionOptions
}

/** Every later message: a new denylist, or null for reading the files again. */
export type TrustChange = DenylistOptions | null

/** The answer to each message. */
export interface GateProcessStatus {
  readonly port: number
  readonly epoch: string
}

const [options] = (await once(process, 'message')) as [GateProcessOptions]
const tls = createTlsGate({ ...options, minVersion: 'TLSv1.2' })
const source = socketSource({ tls })
const server = createServerOf('http/1.1', tls.serverOptions, (request) => {
  const began = (request.socket as TLSSocket).isSessionReused() ? 'resumed' : 'full'
  return `${began}: ${readPeer(source, request)}`
})
tls.attach(server)
await once(server.listen({ host: '127.0.0.1', port: 0 }), 'listening')

function tellStatus(): void {
  const { port } = server.address() as AddressInfo
  process.send?.({ port, epoch: tls.epoch } satisfies GateProcessStatus)
}

process.once('disconnect', () => process.exit())
process.on('message', (change: TrustChange) => {
  if (change === null) void tls.reload().then(tellStatus)
  else {
    tls.setDenylist(change)
    tellStatus()
  }
})
tellStatus()
