import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { open } from './tls-connection.js'

/**
 * What comes of it when a client of TLS 1.2 renegotiates: `renegotiated`, the code of what it failed
 * of, `closed`, or `nothing` for five seconds.
 */
export async function renegotiate(options: ConnectionOptions): Promise<string> {
  const socket = open({ ...options, maxVersion: 'TLSv1.2' })
  await once(socket, 'secureConnect')
  const outcome = await Promise.race([outcomeOn(socket), wait(5000, 'nothing', { ref: false })])
  socket.destroy()
  return outcome
}

async function outcomeOn(socket: TLSSocket): Promise<string> {
  return await new Promise((resolve) => {
    function settle(error: NodeJS.ErrnoException | null): void {
      resolve(error === null ? 'renegotiated' : String(error.code))
    }
    socket.on('error', settle)
    socket.resume().once('close', () => resolve('closed'))
    socket.renegotiate({}, settle)
  })
}
