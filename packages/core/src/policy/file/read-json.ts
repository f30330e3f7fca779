import { addEntry, deepestLevel, tooDeep } from './document.js'
import type { DocumentEntry, DocumentNode, DocumentScalar, FaultAt } from './document.js'

/**
 * Reads JSON (RFC 8259) as `JSON.parse` does, and also where everything stands, which `JSON.parse`
 * does not say; a key that stands there twice is a fault.
 */
export function readJson(text: string, fault: FaultAt): DocumentNode {
  let at = 0

  /** The character that comes next behind white space; none at the end. */
  function next(): string {
    space.lastIndex = at
    at += String(space.exec(text)).length
    return text.charAt(at)
  }

  function expect(character: string): void {
    if (next() !== character) throw unexpected(`"${character}"`)
    at += 1
  }

  function unexpected(wanted: string): Error {
    return fault(at, at === text.length ? 'ends too early' : `must have ${wanted} here (JSON)`)
  }

  function readNode(level: number): DocumentNode {
    const first = next()
    if (first !== '{' && first !== '[') return readScalar()
    if (level > deepestLevel) throw fault(at, tooDeep)
    const start = at
    at += 1
    return first === '{' ? readMap(start, level) : readList(start, level)
  }

  function readMap(start: number, level: number): DocumentNode {
    const entries = new Map<string, DocumentEntry>()
    readParts('}', () => {
      if (next() !== '"') throw unexpected('a key in double quotes')
      const { at: keyStart, value: key } = readScalar()
      expect(':')
      addEntry(entries, String(key), { at: keyStart, node: readNode(level + 1) }, fault)
    })
    return { at: start, entries }
  }

  function readList(start: number, level: number): DocumentNode {
    const items: DocumentNode[] = []
    readParts(']', () => items.push(readNode(level + 1)))
    return { at: start, items }
  }

  function readParts(end: string, readPart: () => void): void {
    if (next() !== end) {
      readPart()
      while (next() === ',') {
        at += 1
        readPart()
      }
    }
    if (next() !== end) throw unexpected(`"," or "${end}"`)
    at += 1
  }

  function readScalar(): DocumentScalar {
    const start = at
    const source = text.charAt(at) === '"' ? scanString(text, at) : scanWord(text, at)
    try {
      const value = JSON.parse(source) as DocumentScalar['value']
      at += source.length
      return { at: start, value }
    } catch {
      throw unexpected('a well-formed value')
    }
  }

  const root = readNode(1)
  if (next() !== '') throw unexpected('its end')
  return root
}

const space = /[ \t\r\n]*/y

/** From one quote to the next that is not escaped, which may be missing. */
function scanString(text: string, start: number): string {
  let end = start + 1
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  return text.slice(start, end + 1)
}

const word = /[-+.\w]*/y

function scanWord(text: string, start: number): string {
  word.lastIndex = start
  return String(word.exec(text))
}
