import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Upstream } from '@peergate/core'
import type { ClientCredentials } from './client-credentials.js'
import type { ParsedClientIdentityOptions } from './client-identity-options.js'
import { findOtherServer } from './server-rule.js'

/** The TLS of a connection to one server. */
export interface ServerTls {
  readonly ca: string[]
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly rejectUnauthorized: true
  readonly checkServerIdentity: NonNullable<ConnectionOptions['checkServerIdentity']>
  readonly servername: string
  /** Undefined for a server that is not named. */
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly passphrase: string | undefined
  readonly allowPartialTrustChain: false
  readonly session: undefined
  readonly secureContext: undefined
  readonly secureProtocol: undefined
  readonly pfx: undefined
  readonly pskCallback: undefined
}

/** A server, as a request names it. */
export interface Authority {
  readonly host: string
  readonly port: number
}

/**
 * The only place where the options of a client's TLS are written. They are laid over whatever a request
 * brings, so that none can switch the verification off, or take the certificate elsewhere.
 *
 * @param authority host and port, as `servers` names them
 */
export function createServerTls(
  {
    servers,
    minVersion,
    maxVersion,
  }: Pick<ParsedClientIdentityOptions, 'maxVersion' | 'minVersion' | 'servers'>,
  { cert, key, passphrase, serverCas }: ClientCredentials,
  authority: Authority,
): ServerTls {
  const { host } = authority
  const rule = servers.get(targetOf(authority))
  return {
    ca: [...serverCas],
    minVersion,
    maxVersion,
    rejectUnauthorized: true,
    // An address is no name (RFC 6066 §3).
    servername: isIP(host) === 0 ? host : '',
    // A session that is resumed shows no certificate, and was made with the material of its day.
    session: undefined,
    // What would stand in the place of the options above.
    secureContext: undefined,
    secureProtocol: undefined,
    pfx: undefined,
    pskCallback: undefined,
    allowPartialTrustChain: false,
    checkServerIdentity: (_name, certificate) => findOtherServer(rule ?? {}, host, certificate),
    cert: rule === undefined ? undefined : cert,
    key: rule === undefined ? undefined : key,
    passphrase: rule === undefined ? undefined : passphrase,
  }
}

/** What is told of a server in errors. */
export function describeUpstream(
  servers: ParsedClientIdentityOptions['servers'],
  authority: Authority,
): Upstream {
  const { host } = authority
  const target = targetOf(authority)
  return Object.freeze({
    target,
    servername: isIP(host) === 0 ? host : null,
    certificate: servers.has(target) ? 'configured' : 'withheld',
  })
}

function targetOf({ host, port }: Authority): string {
  return `${host.toLowerCase()}:${port}`
}

/** The server of a URL, whose port may be left out. */
export function authorityOf({ hostname, port }: Pick<URL, 'hostname' | 'port'>): Authority {
  return { host: hostname, port: Number(port === '' ? 443 : port) }
}
