import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { RequestLike } from '../peer-source.js'

/** Says of a request that it has fewer raw lines now; false where that cannot be said. */
export type ShortenLines = (request: RequestLike, count: number) => boolean

/**
 * Returns what tells Node that a request of its own has fewer raw lines now, names and values counted, if
 * it has not made `headersDistinct` of them: it does so when that is first read, by a count that it took
 * before. To read it for that alone would cost more than all else that is done with a request.
 *
 * @param createMessage makes a message with two lines, by which is seen where Node keeps the count
 */
export function createLineShortener(
  createMessage: () => IncomingMessage = createNodeMessage,
): ShortenLines {
  const keys = tryFindKeys(createMessage)
  if (keys === null) return () => false
  const { headersDistinct, count: countKey } = keys
  return (request, count) => {
    if (!(request instanceof IncomingMessage)) return false
    const own = request as unknown as Record<symbol, unknown>
    if ((own[headersDistinct] ?? null) !== null) return false
    if (Object.hasOwn(request, 'headersDistinct')) return false
    own[countKey] = count
    return true
  }
}

/** Under which symbols Node keeps what belongs to the raw lines. */
interface Keys {
  readonly headersDistinct: symbol
  readonly count: symbol
}

/** Null where Node does otherwise, also so that it throws. */
function tryFindKeys(createMessage: () => IncomingMessage): Keys | null {
  try {
    return findKeys(createMessage)
  } catch {
    return null
  }
}

function findKeys(createMessage: () => IncomingMessage): Keys | null {
  const headersDistinct = findKey(createMessage(), (message) => message.headersDistinct)
  const count = findKey(createMessage(), ({ rawHeaders }) => rawHeaders.length)
  if (headersDistinct === undefined || count === undefined) return null
  const shortened = createMessage()
  shortened.rawHeaders.length = 2
  ;(shortened as unknown as Record<symbol, unknown>)[count] = 2
  const left = JSON.stringify(shortened.headersDistinct)
  return left === JSON.stringify({ one: ['1'] }) ? { headersDistinct, count } : null
}

function findKey(
  message: IncomingMessage,
  read: (message: IncomingMessage) => unknown,
): symbol | undefined {
  const value = read(message)
  const own = message as unknown as Readonly<Record<symbol, unknown>>
  return Object.getOwnPropertySymbols(message).find((key) => own[key] === value)
}

/** As the parser of Node makes it. */
function createNodeMessage(): IncomingMessage {
  const message = new IncomingMessage(new Socket())
  const { _addHeaderLines: addLines } = message as unknown as {
    readonly _addHeaderLines: (lines: readonly string[], count: number) => void
  }
  addLines.call(message, ['one', '1', 'two', '2'], 4)
  return message
}
