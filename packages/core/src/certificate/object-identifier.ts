import {
  hasMore,
  malformed,
  openElement,
  readByte,
  readTagged,
  tags,
  type DerElement,
  type DerReader,
} from './der.js'
import { latin1Of } from './der-text.js'

/** Reads an OBJECT IDENTIFIER as dotted decimals. */
export function readObjectIdentifier(reader: DerReader, field: string): string {
  return decodeObjectIdentifier(reader, readTagged(reader, tags.objectIdentifier, field), field)
}

/**
 * Decodes the value of an element, whatever its tag, as an object identifier. Arcs may be as large
 * as X.667 makes them (128 bits), the whole at most 64 bytes.
 */
export function decodeObjectIdentifier(
  reader: DerReader,
  element: DerElement,
  field: string,
): string {
  if (element.end - element.content > maximumBytes) {
    throw malformed(field, `has an object identifier of more than ${maximumBytes} bytes`)
  }
  const encoded = latin1Of(reader, element)
  const known = decoded.get(encoded)
  if (known !== undefined) return known
  const arcs = openElement(reader, element)
  const first = firstArcs(readArc(arcs, field))
  const parts: (string | number | bigint)[] = [first]
  while (hasMore(arcs)) parts.push(readArc(arcs, field))
  // Texts that are added one by one stay in pieces, each of which the collector of garbage has to move.
  const dotted = parts.join('.')
  if (decoded.size === mostDecoded) decoded.clear()
  decoded.set(encoded, dotted)
  return dotted
}

/** Certificates have the same few all the time; what strangers invent must not fill the memory. */
const decoded = new Map<string, string>()

const mostDecoded = 1_000

const maximumBytes = 64

/** Seven bits a byte, the last without the continuation bit (X.690 §8.19.2). */
function readArc(arcs: DerReader, field: string): number | bigint {
  let byte = readByte(arcs, field)
  if (byte === 0x80) {
    throw malformed(field, 'has an object identifier with an arc that is not in its shortest form')
  }
  let arc = byte & 0x7f
  while (byte >= 0x80) {
    if (arc >= largestShort) return readLargeArc(arcs, arc, field)
    byte = readByte(arcs, field)
    arc = arc * 128 + (byte & 0x7f)
  }
  return arc
}

/** What times 128 still is an exact number. */
const largestShort = 2 ** 45

/** Six bytes at once: large numbers are slow. */
function readLargeArc(arcs: DerReader, beginning: number, field: string): bigint {
  let arc = BigInt(beginning)
  let byte = 0x80
  while (byte >= 0x80) {
    let count = 0
    let part = 0
    while (byte >= 0x80 && count < 6) {
      byte = readByte(arcs, field)
      part = part * 128 + (byte & 0x7f)
      count += 1
    }
    arc = arc * (powers[count] as bigint) + BigInt(part)
  }
  return arc
}

/** What so many bytes count for. */
const powers: readonly bigint[] = Array.from({ length: 7 }, (_, count) => 128n ** BigInt(count))

/** The first two arcs share a number: 40 × first + second (X.690 §8.19.4). */
function firstArcs(arc: number | bigint): string {
  if (arc < 40) return `0.${arc}`
  if (arc < 80) return `1.${Number(arc) - 40}`
  return typeof arc === 'number' ? `2.${arc - 80}` : `2.${arc - 80n}`
}
