/** What can be told of the connection that carries a TLS socket. */
export interface Transport {
  readonly remoteAddress?: unknown
  readonly bytesRead?: unknown
}

/**
 * The connection below a TLS socket of a server; null where it cannot be had.
 *
 * Node gives no public way to it, and the TLS socket of a failed handshake knows neither address nor
 * bytes any more. This is the only place that reads `_parent`.
 */
export function transportOf(socket: object): Transport | null {
  const parent = read(socket, '_parent')
  return typeof parent === 'object' && parent !== null ? parent : null
}

/** A property of a socket; undefined where the socket is gone and its properties throw. */
export function read(socket: object, property: string): unknown {
  try {
    return Reflect.get(socket, property)
  } catch {
    return undefined
  }
}
