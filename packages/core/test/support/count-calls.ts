import { TLSSocket } from 'node:tls'
import type { Test } from 'tap'

/** How often servers asked their sockets for the certificate of the peer, since this call. */
export function countCalls(
  t: Test,
  method: 'getPeerCertificate' | 'getPeerX509Certificate' | 'getSession',
): () => number {
  const original = TLSSocket.prototype[method] as (...inputs: unknown[]) => unknown
  let calls = 0
  t.intercept(TLSSocket.prototype, method, {
    configurable: true,
    value(this: TLSSocket & { server?: unknown }, ...inputs: unknown[]) {
      if (this.server !== undefined) calls += 1
      return Reflect.apply(original, this, inputs)
    },
  })
  return () => calls
}
