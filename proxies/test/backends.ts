import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import {
  authenticated,
  createPeerGate,
  createRefusalAnswer,
  createTlsGate,
  definePolicy,
  forwardedSource,
  spiffe,
  trustedByAddress,
  trustedByCertificate,
} from '@peergate/core'
import type { ProxyContract, TrustedProxies } from '@peergate/core'
import { proxyId } from '@peergate/proxies'
import type { TestPki } from '@peergate/testkit'

const identity = 'spiffe://test.example/client'

/** A backend behind a gate, which says who its client is. */
export function gatedBackend(contract: ProxyContract): Server {
  return createServer(listenerOf(contract, trustedByAddress({ addresses: ['127.0.0.1'] })))
}

/** The same, where the proxy proves itself by a certificate. */
export function secondHopBackend(contract: ProxyContract, { server, clientCas }: TestPki): Server {
  const tls = createTlsGate({ server, clientCas })
  const identity = spiffe({ trustDomain: 'prod.example' })
  const proof = trustedByCertificate({ tls, identity, allow: [proxyId] })
  const backend = createTlsServer(tls.serverOptions, listenerOf(contract, proof))
  tls.attach(backend)
  return backend
}

function listenerOf(contract: ProxyContract, trustedProxies: TrustedProxies): RequestListener {
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
export function naiveBackend(header: string): Server {
  const name = header.toLowerCase()
  return createServer(({ headers }, response) => {
    const { [name]: certificate = '' } = headers
    response.writeHead(certificate.length < 100 ? 401 : 200).end(certificate)
  })
}
