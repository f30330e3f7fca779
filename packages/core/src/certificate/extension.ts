import { enter, hasMore, isNext, leave, malformed, tags, tooMany, type DerReader } from './der.js'
import { readTrue } from './der-primitives.js'
import { readObjectIdentifier } from './object-identifier.js'

/** An extension of a certificate (RFC 5280 §4.2) or of a revocation list (§5.2). */
export interface Extension {
  readonly isCritical: boolean
  readonly value: DerReader
}

/**
 * Reads Extensions (RFC 5280 §4.1.2.9) by their object identifiers. None may occur twice (§4.2),
 * known or not: which of the two counts would otherwise depend on who reads. There may be 100.
 */
export function readExtensionList(
  reader: DerReader,
  field: string,
): ReadonlyMap<string, Extension> {
  const list = enter(reader, tags.sequence, field)
  if (!hasMore(list)) throw malformed(field, 'is empty')
  const extensions = new Map<string, Extension>()
  while (hasMore(list)) {
    if (extensions.size === mostExtensions) throw tooMany(mostExtensions, field)
    const extension = enter(list, tags.sequence, 'extension')
    const id = readObjectIdentifier(extension, 'extension')
    const place = `extension ${id}`
    if (extensions.has(id)) throw malformed(place, 'occurs twice')
    const isCritical = isNext(extension, tags.boolean) && readTrue(extension, `${place} critical`)
    extensions.set(id, { isCritical, value: enter(extension, tags.octetString, place) })
    leave(extension, place)
  }
  return extensions
}

/** Five times as many as CAs write. */
const mostExtensions = 100
