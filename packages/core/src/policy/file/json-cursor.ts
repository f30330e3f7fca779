import type { DocumentScalar, FaultAt } from './document.js'

/** A place in a text of JSON, which moves behind what was read. White space is skipped everywhere. */
export interface JsonCursor {
  /** The character that comes next; none at the end. */
  readonly next: () => string
  /** Where it is. */
  readonly offset: () => number
  readonly expect: (character: string) => void
  readonly expectEnd: () => void
  /** Parts between `start` and `end`, with commas between them. */
  readonly readParts: (start: string, end: string, readPart: () => void) => void
  readonly readKey: () => DocumentScalar
  readonly readScalar: () => DocumentScalar
  readonly fault: FaultAt
}

export function createJsonCursor(text: string, fault: FaultAt): JsonCursor {
  let at = 0

  function next(): string {
    at += matchAt(space, text, at).length
    return text.charAt(at)
  }

  function unexpected(wanted: string): Error {
    return fault(at, next() === '' ? 'ends too early' : `must have ${wanted} here (JSON)`)
  }

  function expect(character: string, wanted = `"${character}"`): void {
    if (next() !== character) throw unexpected(wanted)
    at += 1
  }

  function readScalar(): DocumentScalar {
    const source = next() === '"' ? scanString(text, at) : matchAt(word, text, at)
    try {
      const scalar = { at, value: JSON.parse(source) as DocumentScalar['value'] }
      at += source.length
      return scalar
    } catch {
      throw unexpected('a well-formed value')
    }
  }

  return {
    next,
    offset: () => at,
    expect,
    expectEnd() {
      if (next() !== '') throw unexpected('its end')
    },
    readParts(start, end, readPart) {
      expect(start)
      if (next() !== end) {
        readPart()
        while (next() === ',') {
          at += 1
          readPart()
        }
      }
      expect(end, `"," or "${end}"`)
    },
    readKey() {
      if (next() !== '"') throw unexpected('a key in double quotes')
      return readScalar()
    },
    readScalar,
    fault,
  }
}

const space = /[ \t\r\n]*/y
const word = /[-+.\w]*/y

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return String(pattern.exec(text))
}

/** From one quote to the next that is not escaped, which may be missing. */
function scanString(text: string, start: number): string {
  let end = start + 1
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  return text.slice(start, end + 1)
}
