import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { createResumption } from '#core/tls/resumption.js'
import type { ResumptionOptions } from '#core/tls/resumption.js'
import { createResumingServer } from './resuming-server.js'

/** What the parent process sends first; every later message is the next epoch. */
export interface ResumingProcessOptions {
  readonly tls: TlsOptions
  readonly resumption: ResumptionOptions
  readonly epoch: string
}

const [{ tls, resumption, epoch }] = (await once(process, 'message')) as [ResumingProcessOptions]
const { server, swapTo } = createResumingServer(
  tls,
  createResumption(resumption, { haveOwnCas: false, minVersion: 'TLSv1.3' }),
  epoch,
)
process.on('message', (next: string) => {
  swapTo(next)
  process.send?.('swapped')
})
await once(server.listen({ host: '127.0.0.1', port: 0 }), 'listening')
process.send?.((server.address() as AddressInfo).port)
