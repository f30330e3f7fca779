import { X509Certificate } from 'node:crypto'
import { spiffeIdOf } from '../material.js'
import type { Credentials, Material } from '../material.js'
import { concurrency } from './load/load.js'
import type { Load } from './load/load.js'
import { writeHead } from './requests.js'

/** Makes the load of a server. */
type CreateLoad = (port: number, amount: number) => Load

type Header = readonly [name: string, value: string]

/** Requests of one client over mutual TLS. */
export function directly(
  kind: 'http/1.1' | 'http/2' | 'handshakes',
  client: Credentials,
  { serverCa }: Material,
): CreateLoad {
  const tls = { ...client, serverCa }
  const heads = everywhere([writeHead()])
  return (port, amount) =>
    kind === 'http/1.1' ? { kind, port, amount, tls, heads } : { kind, port, amount, tls }
}

/** Requests that a proxy forwards of these clients, again and again. */
export function forwarded(headersOf: readonly (readonly Header[])[]): CreateLoad {
  const heads = everywhere(headersOf.map(writeHead))
  return (port, amount) => ({ kind: 'http/1.1', port, amount, tls: null, heads })
}

/** Requests that a proxy forwards, each of a client that nobody has seen before. */
export function forwardedUnseen(
  headersOf: (pem: string) => readonly Header[],
  pem: string,
): CreateLoad {
  const newCertificate = createNewCertificates(pem)
  return (port, amount) => ({
    kind: 'http/1.1',
    port,
    amount,
    tls: null,
    heads: Array.from({ length: concurrency }, () =>
      Array.from({ length: Math.ceil(amount / concurrency) + 1 }, () =>
        writeHead(headersOf(newCertificate())),
      ),
    ),
  })
}

/** As nginx forwards a certificate that it has verified: `$ssl_client_escaped_cert`. */
export function nginxHeaders(pem: string): readonly Header[] {
  return [
    ['x-client-cert', encodeURIComponent(pem)],
    ['x-client-verify', 'SUCCESS'],
  ]
}

/** As Envoy forwards what is usually configured. */
export function xfccHeaders(pem: string): readonly Header[] {
  const { fingerprint256, subject } = new X509Certificate(pem)
  const hash = fingerprint256.replaceAll(':', '').toLowerCase()
  const names = subject.split('\n').toReversed().join(',')
  return [['x-forwarded-client-cert', `Hash=${hash};Subject="${names}";URI=${spiffeIdOf(pem)}`]]
}

function everywhere(heads: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: concurrency }, () => heads)
}

/**
 * Copies of a certificate with other serial numbers. Their signatures are wrong, which only the proxy
 * would notice: whoever is behind it reads certificates and does not verify them.
 */
export function createNewCertificates(pem: string): () => string {
  const { raw, serialNumber } = new X509Certificate(pem)
  const serial = Buffer.from(serialNumber, 'hex')
  const place = raw.indexOf(serial) + serial.length - 6
  const der = Buffer.from(raw)
  let made = 0
  return () => {
    made += 1
    der.writeUIntBE(made, place, 6)
    const lines = der.toString('base64').match(/.{1,64}/gu) ?? []
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
  }
}
