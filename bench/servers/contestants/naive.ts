import { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { trustDomain } from '../../material.js'

/** The names that code written by hand looks up. */
export function mayRead(id: string | undefined): boolean {
  return id?.startsWith(`spiffe://${trustDomain}/ns/payments/sa/`) === true
}

/** The first SPIFFE ID of the names as Node writes them, looked for in the usual way. */
export function findSpiffeId(subjectAltName = ''): string | undefined {
  const name = subjectAltName.split(', ').find((part) => part.startsWith('URI:spiffe://'))
  return name?.slice('URI:'.length)
}

/** Who sent a request, as it is read by hand from the socket, for each request anew. */
export function readPeerNaively({ socket }: { readonly socket: unknown }): string | undefined {
  const peer = socket as TLSSocket
  return peer.authorized ? findSpiffeId(peer.getPeerCertificate().subjectaltname) : undefined
}

/** Who sent a request, as it is read by hand from what nginx forwards. */
export function readNginxNaively({
  headers,
}: Pick<IncomingMessage, 'headers'>): string | undefined {
  if (headers['x-client-verify'] !== 'SUCCESS') return undefined
  const pem = decodeURIComponent(String(headers['x-client-cert']))
  const certificate = new X509Certificate(pem)
  const now = Date.now()
  if (Date.parse(certificate.validFrom) > now || Date.parse(certificate.validTo) < now) {
    return undefined
  }
  return findSpiffeId(certificate.subjectAltName)
}

/** Who sent a request, as it is read by hand from what Envoy forwards. */
export function readXfccNaively({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const last = String(headers['x-forwarded-client-cert']).split(',').at(-1) ?? ''
  const pair = last.split(';').find((part) => part.startsWith('URI='))
  return pair?.slice('URI='.length)
}
