import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import {
  authenticated,
  createPeerGate,
  createRefusalAnswer,
  definePolicy,
  forwardedSource,
  spiffe,
  trustedByAddress,
} from '@peergate/core'
import type { ProxyContract } from '@peergate/core'

const identity = 'spiffe://test.example/client'

/** A backend behind a gate, which says who its client is. */
export function gatedBackend(contract: ProxyContract): RequestListener {
  const trustedProxies = trustedByAddress({ addresses: ['127.0.0.1'] })
  const gate = createPeerGate({
    source: forwardedSource({ contract, trustedProxies }),
    identity: spiffe({ trustDomain: 'test.example' }),
    policy: definePolicy({
      identity: 'spiffe',
      permissions: ['read'],
      grants: [{ identity, allow: ['read'] }],
    }),
  })
  const known = gate.guard(authenticated)
  const { problem } = createRefusalAnswer('backend', gate, {})
  return (request, response) => void answer(request, response)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request
    const sender = gate.admit(request)
    const decision = await known(sender, request)
    const { statusCode, body, ...more } = decision.allowed
      ? { statusCode: 200, headers: {}, body: String(sender.identity?.value) }
      : problem(decision.error, headers)
    response.writeHead(statusCode, { ...more.headers }).end(body)
  }
}

/** A backend that believes whoever has a certificate in a header, as teams write it; none is that short. */
export function naiveBackend(header: string): RequestListener {
  const name = header.toLowerCase()
  return ({ headers }, response) => {
    const { [name]: certificate = '' } = headers
    response.writeHead(certificate.length < 100 ? 401 : 200).end(certificate)
  }
}
