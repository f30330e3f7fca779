import type { TLSSocket, TlsOptions } from 'node:tls'
import { PeerGateError } from '../errors.js'
import { parseDnsName } from '../identity-value/dns-name.js'
import { quote } from '../identity-value/quote.js'
import type { HostName } from './host-options.js'
import type { TrustState } from './trust-state.js'

/** What the server name of a connection (SNI, RFC 6066 §3) decides. */
export interface ServerNames {
  /** Chooses the context of a full handshake, instead of Node, which would look among added ones. */
  readonly chooseContext: NonNullable<TlsOptions['SNICallback']>
  /**
   * The host that a connection asked for, and whose client CAs verified it.
   *
   * @throws {PeerGateError} ERR_PEERGATE_HOST_UNKNOWN
   */
  readonly hostOf: (socket: TLSSocket) => HostName
  /**
   * Refuses a full handshake whose context somebody else chose, which has client CAs of its own, or
   * all public ones if it names none.
   *
   * @throws {PeerGateError} ERR_PEERGATE_CERTIFICATE_UNTRUSTED
   */
  readonly refuseForeignContext: (socket: TLSSocket) => void
  /**
   * Under which state OpenSSL verified a chain: that of the arrival of the connection, unless the
   * context of a host was chosen later; null where none was, as for a session that was resumed.
   */
  readonly stateOf: (socket: TLSSocket, arrival: TrustState | null) => TrustState | null
  /** What a failed handshake failed of: OpenSSL cannot say that a name was missing. */
  readonly causeOf: (failure: NodeJS.ErrnoException, socket: TLSSocket) => NodeJS.ErrnoException
}

/** `hosts` are the names that are served, or null alone for every name. */
export function createServerNames(
  hosts: Pick<ReadonlySet<HostName>, 'has'>,
  current: () => TrustState,
): ServerNames {
  const isForEveryName = hosts.has(null)
  const choices = new WeakMap<TLSSocket, Choice>()

  function resolve(servername: unknown): HostName {
    if (isForEveryName) return null
    const name = typeof servername === 'string' ? parseDnsName(servername) : null
    if (name !== null && 'value' in name && hosts.has(name.value)) return name.value
    throw unknownHost(servername)
  }

  return {
    chooseContext(this: unknown, servername, done) {
      // Node calls this as a method of the connection, as its own default requires (`this.server`).
      const socket = this as TLSSocket
      try {
        const host = resolve(servername)
        const state = current()
        choices.set(socket, { host, state })
        done(null, state.contextOf(host))
      } catch (refusal) {
        done(refusal as PeerGateError)
      }
    },
    hostOf(socket) {
      const host = resolve(socket.servername)
      const choice = choices.get(socket)
      if (choice !== undefined && choice.host !== host) throw changedHost(choice.host, host)
      return host
    },
    refuseForeignContext(socket) {
      if (typeof socket.servername !== 'string' || choices.has(socket)) return
      const fault = 'an SNICallback of the server’s own may have chosen other client CAs; remove it'
      throw new PeerGateError('ERR_PEERGATE_CERTIFICATE_UNTRUSTED', fault)
    },
    stateOf(socket, arrival) {
      if (isForEveryName) return arrival
      return socket.isSessionReused() ? null : (choices.get(socket)?.state ?? null)
    },
    causeOf(failure, { servername }) {
      const isUnnamed = !isForEveryName && typeof servername !== 'string'
      return isUnnamed && lacksCertificate(failure) ? unknownHost(servername) : failure
    },
  }
}

/** The host whose context a full handshake got, and of which state it was. */
interface Choice {
  readonly host: HostName
  readonly state: TrustState
}

/** A server without a certificate of its own ends the handshake with one of these. */
function lacksCertificate({ code }: NodeJS.ErrnoException): boolean {
  return /_NO_SUITABLE_SIGNATURE_ALGORITHM$|_NO_SHARED_CIPHER$/u.test(String(code))
}

/**
 * OpenSSL lets a client change the name in its second ClientHello, behind a HelloRetryRequest, though it
 * must not (RFC 8446 §4.1.2). Node has chosen the context by the first, and tells the second.
 */
function changedHost(first: HostName, second: HostName): PeerGateError {
  const fault = `the client asked for ${second} after it had asked for ${first}, by whose CAs it was verified`
  return new PeerGateError('ERR_PEERGATE_HOST_UNKNOWN', fault)
}

function unknownHost(servername: unknown): PeerGateError {
  const fault =
    typeof servername === 'string'
      ? `the client asked for ${quote(servername)}, which is none of the hosts`
      : 'the client asked for no host by name (SNI)'
  return new PeerGateError('ERR_PEERGATE_HOST_UNKNOWN', fault)
}
