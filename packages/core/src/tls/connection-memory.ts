/** Remembers one value for each TLS connection. */
export interface ConnectionMemory<Value extends object> {
  readonly recall: (socket: object) => Value | undefined
  readonly remember: (socket: object, value: Value) => void
}

/**
 * A memory that lives and dies with the connections it remembers.
 *
 * The value is kept on the socket under a symbol of its own, not in a `WeakMap`: HTTP/2 gives every
 * stream a new proxy of the one TLS socket, so that object identity is lost, while properties pass
 * through. What is found under the symbol counts only if it was put there by this memory, so that a
 * mocked socket which answers to every property remembers nothing: it is an entry of a class of its own. Whoever copies the property
 * copies the peer; only code in this process can do that.
 */
export function createConnectionMemory<Value extends object>(): ConnectionMemory<Value> {
  const key = Symbol('peergate.connection')

  class Entry {
    readonly #value: Value

    constructor(value: Value) {
      this.#value = value
    }

    static valueOf(entry: unknown): Value | undefined {
      const isOwn = typeof entry === 'object' && entry !== null && #value in entry
      return isOwn ? entry.#value : undefined
    }
  }

  return {
    recall: (socket) => Entry.valueOf((socket as { readonly [key]?: unknown })[key]),
    remember(socket, value) {
      ;(socket as { [key]?: Entry })[key] = new Entry(value)
    },
  }
}
