import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createPeerGate,
  definePolicy,
  dnsSan,
  forwardedSource,
  linkerd,
  trustedByAddress,
} from '@peergate/core'
import type { Test } from 'tap'

export const meshId = 'reader.payments.serviceaccount.identity.linkerd.cluster.local'

/** A service behind a proxy that asserts identities without a certificate; gives what asks whether it allows. */
export async function startMeshService(t: Test, name: string): Promise<() => Promise<string>> {
  const gate = createPeerGate({
    name,
    source: forwardedSource({
      contract: linkerd(),
      trustedProxies: trustedByAddress({ addresses: ['127.0.0.1'] }),
      maxAssertionAge: 'unbounded',
    }),
    identity: dnsSan(),
    policy: definePolicy({
      identity: 'dns',
      permissions: ['invoice:read'],
      grants: [{ identity: meshId, allow: ['invoice:read'] }],
    }),
  })
  const guard = gate.guard(gate.permission('invoice:read'))
  const server = createServer((request, response) => {
    void Promise.resolve(guard(gate.admit(request), request)).then(({ allowed }) =>
      response.end(String(allowed)),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(async () => once(server.close(), 'close'))
  const { port } = server.address() as AddressInfo
  return async () => {
    const headers = { 'l5d-client-id': meshId, connection: 'close' }
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers })
    return response.text()
  }
}
