import type { RequestLike } from '../peer-source.js'

/** Remembers one value for each request. */
export interface RequestMemory<Value> {
  readonly recall: (request: RequestLike) => Value | undefined
  readonly remember: (request: RequestLike, value: Value) => void
}

/**
 * A memory that lives and dies with the requests it remembers.
 *
 * A value is kept on its request, which costs a fraction of what a `WeakMap` does. What is found there
 * counts only if it was put there by this memory and for this request, so that neither a copy of a
 * request nor a mocked one which answers to every property has a value.
 */
export function createRequestMemory<Value>(): RequestMemory<Value> {
  const key = Symbol('peergate.request')

  class Entry {
    readonly #request: RequestLike
    readonly #value: Value

    constructor(request: RequestLike, value: Value) {
      this.#request = request
      this.#value = value
    }

    static valueOf(entry: unknown, request: RequestLike): Value | undefined {
      if (typeof entry !== 'object' || entry === null || !(#request in entry)) return undefined
      return entry.#request === request ? entry.#value : undefined
    }
  }

  // What nothing can be added to is no request of Node.
  const others = new WeakMap<RequestLike, Value>()
  return {
    recall(request) {
      const { [key]: entry } = request as { readonly [key]?: unknown }
      return Entry.valueOf(entry, request) ?? others.get(request)
    },
    remember(request, value) {
      const entry = new Entry(request, value)
      if (Object.isExtensible(request)) (request as { [key]?: object })[key] = entry
      else others.set(request, value)
    },
  }
}
