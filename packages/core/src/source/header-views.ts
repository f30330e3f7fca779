import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { RequestLike } from '../peer-source.js'

/**
 * Tells Node that a request of its own has fewer raw lines now, names and values counted, if it has not
 * made `headersDistinct` of them: it does so when that is first read, by a count that it took before. To
 * read it for that alone would cost more than all else that is done with a request.
 *
 * @returns false where Node has made it, or where it cannot be told
 */
export function shortenLines(request: RequestLike, count: number): boolean {
  if (keys === null || !(request instanceof IncomingMessage)) return false
  const own = request as unknown as Record<symbol, unknown>
  if ((own[keys.headersDistinct] ?? null) !== null) return false
  if (Object.hasOwn(request, 'headersDistinct')) return false
  own[keys.count] = count
  return true
}

/** Under which symbols Node keeps what belongs to the raw lines. */
interface Keys {
  readonly headersDistinct: symbol
  readonly count: symbol
}

/** Null where a message of our own shows that Node does otherwise. */
function findKeys(): Keys | null {
  const headersDistinct = findKey((message) => message.headersDistinct)
  const count = findKey(({ rawHeaders }) => rawHeaders.length)
  if (headersDistinct === undefined || count === undefined) return null
  const shortened = createMessage()
  shortened.rawHeaders.length = 2
  ;(shortened as unknown as Record<symbol, unknown>)[count] = 2
  const { one, ...others } = shortened.headersDistinct
  return one?.[0] === '1' && Object.keys(others).length === 0 ? { headersDistinct, count } : null
}

function findKey(read: (message: IncomingMessage) => unknown): symbol | undefined {
  const message = createMessage()
  const value = read(message)
  const own = message as unknown as Readonly<Record<symbol, unknown>>
  return Object.getOwnPropertySymbols(message).find((key) => own[key] === value)
}

/** A message with two lines, as the parser of Node makes them. */
function createMessage(): IncomingMessage {
  const message = new IncomingMessage(new Socket())
  const { _addHeaderLines: addLines } = message as unknown as {
    readonly _addHeaderLines?: (lines: readonly string[], count: number) => void
  }
  addLines?.call(message, ['one', '1', 'two', '2'], 4)
  return message
}

const keys = findKeys()
