import { addEntry, deepestLevel, tooDeep } from './document.js'
import type { DocumentEntry, DocumentNode, FaultAt } from './document.js'
import { createJsonCursor } from './json-cursor.js'
import type { JsonCursor } from './json-cursor.js'

/**
 * Reads JSON (RFC 8259) as `JSON.parse` does, and also where everything stands, which `JSON.parse`
 * does not say. A key that stands there twice is a fault.
 */
export function readJson(text: string, fault: FaultAt): DocumentNode {
  const cursor = createJsonCursor(text, fault)
  const root = readNode(cursor, 1)
  cursor.expectEnd()
  return root
}

function readNode(cursor: JsonCursor, level: number): DocumentNode {
  const first = cursor.next()
  if (first !== '{' && first !== '[') return cursor.readScalar()
  const at = cursor.offset()
  if (level > deepestLevel) throw cursor.fault(at, tooDeep)
  return first === '{'
    ? { at, entries: readEntries(cursor, level) }
    : { at, items: readItems(cursor, level) }
}

function readEntries(cursor: JsonCursor, level: number): ReadonlyMap<string, DocumentEntry> {
  const entries = new Map<string, DocumentEntry>()
  cursor.readParts('{', '}', () => {
    const { at, value: key } = cursor.readKey()
    cursor.expect(':')
    addEntry(entries, String(key), { at, node: readNode(cursor, level + 1) }, cursor.fault)
  })
  return entries
}

function readItems(cursor: JsonCursor, level: number): readonly DocumentNode[] {
  const items: DocumentNode[] = []
  cursor.readParts('[', ']', () => items.push(readNode(cursor, level + 1)))
  return items
}
