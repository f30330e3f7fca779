import type { TLSSocket } from 'node:tls'

/** Calls `act` once `time`, in epoch milliseconds, is over, unless `socket` is closed before. */
export function callAfter(time: number, socket: TLSSocket, act: () => void): void {
  const timer = setTimeout(
    () => {
      if (Date.now() > time) act()
      /* c8 ignore next -- only where the timer is early, or after 24 days */
      else callAfter(time, socket, act)
    },
    Math.min(time - Date.now() + 1, longestTimeout),
  ).unref()
  socket.once('close', () => clearTimeout(timer))
}

/** Of Node, in milliseconds. Certificates outlive it. */
const longestTimeout = 2 ** 31 - 1
