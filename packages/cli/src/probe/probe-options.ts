import { X509Certificate, createPrivateKey } from 'node:crypto'
import { isIP } from 'node:net'
import { parseCertificate } from '@peergate/core'
import type { CertificateFacts } from '@peergate/core'
import { parsePem, readMaterial } from '@peergate/core/material'
import { UsageError } from '../output/exit-code.js'

/** What `peergate probe` was given. */
export interface ProbeFlags {
  readonly cert?: string
  readonly key?: string
  readonly ca?: string
  readonly servername?: string
  readonly method: string
  readonly timeout: string
  readonly forge?: boolean
  /** `Name: value`, as often as there are headers. */
  readonly forgeHeader: readonly string[]
}

/** What is probed, and as whom. */
export interface ProbeTarget {
  readonly url: string
  readonly host: string
  readonly port: number
  /** The name that the server is asked for (RFC 6066 §3); null where it is an address. */
  readonly servername: string | null
  readonly method: string
  /** The request target, and the value of `Host`. */
  readonly path: string
  readonly authority: string
  /** PEM of the CAs of the server; null for those of Node. */
  readonly ca: string | null
  /** The caller’s own certificate; null without. */
  readonly own: Caller | null
  /** In milliseconds, for each connection. */
  readonly timeout: number
  /** Headers to forge beside those that are always tried; null where nothing is to be forged. */
  readonly forged: Readonly<Record<string, string>> | null
}

/** The caller, and what its certificates say: the leaf first, its intermediates behind it. */
export interface Caller extends OwnCredentials {
  readonly chain: readonly [CertificateFacts, ...CertificateFacts[]]
}

export interface OwnCredentials {
  /** PEM text, the leaf first. */
  readonly certificate: string
  readonly key: string
}

/**
 * @throws {UsageError} for an URL, a method or a number that is none, and half a pair
 * @throws {PeerGateError} ERR_PEERGATE_FILE_UNREADABLE or ERR_PEERGATE_PEM_INVALID
 */
export function readProbeTarget(text: string, flags: ProbeFlags): ProbeTarget {
  const url = readUrl(text)
  const host = url.hostname.replace(/^\[|\]$/gu, '')
  const { method, ca } = flags
  if (method !== 'GET' && method !== 'HEAD') {
    throw new UsageError(`--method must be GET or HEAD, which change nothing: ${method}`)
  }
  return {
    url: url.href,
    host,
    port: Number(url.port === '' ? 443 : url.port),
    servername: flags.servername ?? (isIP(host) === 0 ? host : null),
    method,
    path: `${url.pathname}${url.search}`,
    authority: url.host,
    ca: ca === undefined ? null : readCas(ca),
    own: readOwn(flags),
    timeout: Math.ceil(readSeconds(flags.timeout) * 1000),
    forged: readForged(flags),
  }
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'https:') return url
  throw new UsageError(`the URL must be of the form https://host:port/path: ${text}`)
}

/** Without a certificate in it, Node would go back to its own CAs. */
function readCas(file: string): string {
  const text = readMaterial('--ca', file)
  const isOther = parsePem(text, '--ca').some(({ label }) => label !== 'CERTIFICATE')
  if (isOther) throw new UsageError('--ca must hold certificates and nothing else')
  return text
}

function readOwn({ cert, key }: ProbeFlags): Caller | null {
  if (cert === undefined && key === undefined) return null
  if (cert === undefined || key === undefined) {
    throw new UsageError('--cert and --key must be given together')
  }
  const own = { certificate: readMaterial('--cert', cert), key: readMaterial('--key', key) }
  refuseMismatch(own)
  return { ...own, chain: readChain(own) }
}

/** There is a certificate, or it would not be that of the key. */
function readChain({ certificate }: OwnCredentials): Caller['chain'] {
  return parsePem(certificate, '--cert')
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ der }) => parseCertificate(der)) as readonly CertificateFacts[] as Caller['chain']
}

function refuseMismatch({ certificate, key }: OwnCredentials): void {
  let isPair: boolean
  try {
    isPair = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  } catch {
    throw new UsageError('--cert must be a certificate and --key its private key, both in PEM')
  }
  if (!isPair) throw new UsageError('--key must be the private key of the certificate in --cert')
}

function readForged({ forge = false, forgeHeader }: ProbeFlags): ProbeTarget['forged'] {
  if (!forge && forgeHeader.length === 0) return null
  return Object.fromEntries(forgeHeader.map(readHeader))
}

function readHeader(line: string): readonly [string, string] {
  const [, name, value] = /^([\w.!#$%&'*+^`|~-]+):\s*([ -~]*)$/u.exec(line) ?? []
  if (name !== undefined && value !== undefined) return [name.toLowerCase(), value]
  throw new UsageError(`--forge-header must be of the form "Name: value": ${line}`)
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (seconds > 0 && seconds <= 600) return seconds
  throw new UsageError(`--timeout must be a number of seconds, from 0 to 600: ${text}`)
}
