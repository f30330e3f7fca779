import { PeerGateError } from '../errors.js'
import type { RequestLike } from '../peer-source.js'

/**
 * Which senders are proxies of one's own, proved by their connection before any header is read:
 * {@link trustedByCertificate}, {@link trustedByUnixSocket} or {@link trustedByAddress}.
 */
export interface TrustedProxies {
  readonly proof: 'address' | 'certificate' | 'unix-socket'
  /**
   * Why the sender of `request` is not trusted; null where it is. Total: it never throws. Any other code
   * than ERR_PEERGATE_PROXY_UNTRUSTED is for a connection that is refused as such.
   */
  readonly refusalOf: (request: RequestLike) => PeerGateError | null
}

/** Only what this library made can say whom to trust: a mistake in it would forge every identity. */
export function createTrustedProxies<Methods extends object>(
  proof: TrustedProxies['proof'],
  refuse: (request: RequestLike) => void,
  methods: Methods,
): Methods & TrustedProxies {
  const proxies = Object.freeze({
    ...methods,
    proof,
    refusalOf(request: RequestLike) {
      try {
        refuse(request)
        return null
      } catch (cause) {
        return cause instanceof PeerGateError ? cause : faulty(cause)
      }
    },
  })
  made.add(proxies)
  return proxies
}

export function isTrustedProxies(value: unknown): value is TrustedProxies {
  return made.has(value as TrustedProxies)
}

const made = new WeakSet<TrustedProxies>()

export function untrusted(fault: string, cause?: unknown): PeerGateError {
  const detail = `the sender is not a trusted proxy: ${fault}`
  return new PeerGateError('ERR_PEERGATE_PROXY_UNTRUSTED', detail, { cause })
}

function faulty(cause: unknown): PeerGateError {
  const fault = 'the gate could not tell who sent the request'
  return new PeerGateError('ERR_PEERGATE_GATE_FAULTY', fault, { cause })
}

/** The socket of a request, under which the proof of its connection is remembered. */
export function connectionOf({ socket }: RequestLike): object {
  if (typeof socket === 'object' && socket !== null) return socket
  throw untrusted('the request has no socket')
}
