import type { RequestLike } from '../peer-source.js'

/** Remembers one value for each request. */
export interface RequestMemory<Value> {
  readonly recall: (request: RequestLike) => Value | undefined
  readonly remember: (request: RequestLike, value: Value) => void
}

/**
 * A memory that lives and dies with the requests it remembers.
 *
 * A value is noted on the raw lines of its request. To add to a request itself costs more than all else
 * where a framework has given it another prototype, as Express does, and a `WeakMap` of requests keeps
 * the garbage collector busy. A private field is seen by nobody who looks at the lines, and neither a
 * copy of a request nor a mocked one which answers to every property has a value.
 */
export function createRequestMemory<Value>(): RequestMemory<Value> {
  class Note extends Noted {
    readonly #request: RequestLike
    readonly #value: Value

    constructor(lines: readonly string[], request: RequestLike, value: Value) {
      super(lines)
      this.#request = request
      this.#value = value
    }

    static isOn(lines: readonly string[]): boolean {
      return #request in lines
    }

    static read(lines: readonly string[], request: RequestLike): Value | undefined {
      return #request in lines && lines.#request === request ? lines.#value : undefined
    }
  }

  // Those without lines of their own, which are none of Node.
  const others = new WeakMap<RequestLike, Value>()
  return {
    recall(request) {
      const { rawHeaders } = request
      const value = Array.isArray(rawHeaders) ? Note.read(rawHeaders, request) : undefined
      return value ?? others.get(request)
    },
    remember(request, value) {
      const { rawHeaders } = request
      const isFree = Array.isArray(rawHeaders) && Object.isExtensible(rawHeaders)
      if (isFree && !Note.isOn(rawHeaders)) void new Note(rawHeaders, request, value)
      else others.set(request, value)
    },
  }
}

/** The class of an object that is there already: what extends it adds private fields to that. */
const Noted = function (object: object) {
  return object
} as unknown as new (object: object) => object
