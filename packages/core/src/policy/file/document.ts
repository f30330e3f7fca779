import type { PeerGateError } from '../../errors.js'
import { quote } from '../../identity-value/quote.js'

/** A value of a file, and where it begins. */
export type DocumentNode = DocumentList | DocumentMap | DocumentScalar

export interface DocumentScalar {
  readonly at: number
  readonly value: boolean | number | string | null
}

interface DocumentList {
  readonly at: number
  readonly items: readonly DocumentNode[]
}

interface DocumentMap {
  readonly at: number
  readonly entries: ReadonlyMap<string, DocumentEntry>
}

export interface DocumentEntry {
  /** Where the key begins. */
  readonly at: number
  readonly node: DocumentNode
}

/** The error of a fault at an offset of the text. */
export type FaultAt = (at: number, fault: string, cause?: unknown) => PeerGateError

/** The deepest that a document can be nested: several times as deep as any policy is. */
export const deepestLevel = 32

export const tooDeep = 'is nested deeper than any policy'

/** Adds an entry, under a key that is a text, stands there once, and is no way to a prototype. */
export function addEntry(
  entries: Map<string, DocumentEntry>,
  key: string,
  entry: DocumentEntry,
  fault: FaultAt,
): void {
  if (entries.has(key)) throw fault(entry.at, `holds the key ${quote(key)} twice`)
  if (key === '__proto__') throw fault(entry.at, 'must not hold the key "__proto__"')
  entries.set(key, entry)
}

/** What a document says, in objects that inherit nothing. */
export function valueOf(node: DocumentNode): unknown {
  if ('value' in node) return node.value
  if ('items' in node) return node.items.map(valueOf)
  const object = Object.create(null) as Record<string, unknown>
  for (const [key, entry] of node.entries) object[key] = valueOf(entry.node)
  return object
}

/** Where `path` begins: at the key or the item; for what is not there, where its parent begins. */
export function offsetOf(root: DocumentNode, path: readonly PropertyKey[]): number {
  let found: DocumentEntry = { at: root.at, node: root }
  for (const part of path) {
    const child = childOf(found.node, part)
    if (child === undefined) break
    found = child
  }
  return found.at
}

function childOf(node: DocumentNode, part: PropertyKey): DocumentEntry | undefined {
  if ('entries' in node) return node.entries.get(String(part))
  const item = 'items' in node ? node.items[Number(part)] : undefined
  return item === undefined ? undefined : { at: item.at, node: item }
}
