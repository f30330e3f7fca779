import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { createLineShortener } from '#core/source/header-views.js'
import t from 'tap'

function createMessage(lines: readonly string[]): IncomingMessage {
  const message = new IncomingMessage(new Socket())
  const { _addHeaderLines: addLines } = message as unknown as {
    readonly _addHeaderLines: (added: readonly string[], count: number) => void
  }
  addLines.call(message, [...lines], lines.length)
  return message
}

const lines = ['a', '1', 'b', '2', 'c', '3']

t.test('lets Node make its view of the lines that are left', (t) => {
  const shortenLines = createLineShortener()
  const message = createMessage(lines)
  t.equal(shortenLines(message, 4), true, 'this Node keeps its count where it is looked for')
  message.rawHeaders.length = 4
  t.strictSame({ ...message.headersDistinct }, { a: ['1'], b: ['2'] })
  t.end()
})

t.test('says so where a view is there, or what is asked of is none of Node', (t) => {
  const shortenLines = createLineShortener()
  const read = createMessage(lines)
  t.ok(read.headersDistinct)
  const replaced = Object.defineProperty(createMessage(lines), 'headersDistinct', { value: {} })
  for (const message of [read, replaced, { rawHeaders: [...lines] }]) {
    t.equal(shortenLines(message, 4), false)
  }
  t.end()
})

t.test('does nothing where Node does otherwise', (t) => {
  for (const otherNode of [createEmpty, createForgetful, createRead]) {
    const shortenLines = createLineShortener(otherNode)
    t.equal(shortenLines(createMessage(lines), 4), false)
  }
  t.end()
})

function createEmpty(): IncomingMessage {
  return new IncomingMessage(new Socket())
}

/** Makes its view anew each time. */
function createForgetful(): IncomingMessage {
  return Object.defineProperty(createMessage(lines), 'headersDistinct', { get: () => ({}) })
}

/** Has made its view already. */
function createRead(): IncomingMessage {
  const message = createMessage(lines)
  t.ok(message.headersDistinct)
  return message
}
