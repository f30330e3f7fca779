import { PeerGateError } from '../errors.js'
import {
  copyElement,
  enter,
  hasMore,
  leave,
  malformed,
  openDer,
  readOpaque,
  tags,
  tooMany,
  type DerReader,
} from './der.js'
import { readText } from './der-text.js'
import { readObjectIdentifier } from './object-identifier.js'

/** A name as a sequence of relative distinguished names, in the order of the certificate. */
export type DistinguishedName = readonly RelativeDistinguishedName[]

/** One or more attributes that together are one step of a name (RFC 5280 §4.1.2.4). */
export type RelativeDistinguishedName = readonly NameAttribute[]

/** One attribute of a name. */
export interface NameAttribute {
  /** Dotted object identifier: `2.5.4.3` is the common name. */
  readonly typeId: string
  /** Text of a string type; null for any other type. */
  readonly text: string | null
  /** The DER of the value, tag included. */
  readonly der: Uint8Array
}

/**
 * Returns the common names of a name, in the order of the certificate.
 *
 * @throws {PeerGateError} ERR_PEERGATE_IDENTITY_INVALID if one of them is not text. Leaving it out
 * would let a name with two common names pass for a name with one.
 *
 * @example
 * ```ts
 * commonNames(certificate.subject) // ['payments']
 * ```
 */
export function commonNames(name: DistinguishedName): readonly string[] {
  return name
    .flat()
    .filter(({ typeId }) => typeId === commonNameId)
    .map(({ text }) => {
      if (text !== null) return text
      throw new PeerGateError('ERR_PEERGATE_IDENTITY_INVALID', 'a common name is not text')
    })
}

/**
 * Returns what a Name by itself says (RFC 5280 §4.1.2.4), such as a CA that a server names.
 *
 * @throws {PeerGateError} ERR_PEERGATE_CERTIFICATE_MALFORMED naming the rule that it breaks
 * @throws {PeerGateError} ERR_PEERGATE_CERTIFICATE_TOO_LARGE above 100 attributes
 */
export function parseDistinguishedName(der: Uint8Array): DistinguishedName {
  const whole = openDer(new Uint8Array(der))
  const name = readDistinguishedName(whole, 'name')
  leave(whole, 'name')
  return name
}

/** Reads a Name (RFC 5280 §4.1.2.4), which may have 100 attributes. */
export function readDistinguishedName(reader: DerReader, field: string): DistinguishedName {
  const steps = enter(reader, tags.sequence, field)
  const name: RelativeDistinguishedName[] = []
  let left = mostAttributes
  while (hasMore(steps)) {
    const step = readStep(steps, field, left)
    left -= step.length
    name.push(step)
  }
  return Object.freeze(name)
}

/** Ten times as many as CAs write. */
export const mostAttributes = 100

/** Reads the name of an issuer, which must have one (RFC 5280 §4.1.2.4 and §5.1.2.3). */
export function readIssuer(reader: DerReader): DistinguishedName {
  const issuer = readDistinguishedName(reader, 'issuer')
  if (issuer.length === 0) throw malformed('issuer', 'is empty')
  return issuer
}

const commonNameId = '2.5.4.3'

function readStep(steps: DerReader, field: string, most: number): RelativeDistinguishedName {
  const set = enter(steps, tags.set, field)
  const starts: number[] = []
  const attributes: NameAttribute[] = []
  while (hasMore(set)) {
    if (attributes.length === most) throw tooMany(mostAttributes, `attributes in ${field}`)
    starts.push(set.position)
    attributes.push(readAttribute(set, field))
  }
  if (attributes.length === 0) throw malformed(field, 'has a step without attributes')
  if (attributes.length > 1) refuseUnsorted(set, starts, field)
  return Object.freeze(attributes)
}

/** DER sorts the elements of a SET OF by their bytes (X.690 §11.6). */
function refuseUnsorted({ bytes, end }: DerReader, starts: readonly number[], field: string): void {
  const encodings = starts.map((start, index) => bytes.subarray(start, starts[index + 1] ?? end))
  for (const [index, encoding] of encodings.entries()) {
    const previous = encodings[index - 1]
    if (previous === undefined || Buffer.compare(previous, encoding) <= 0) continue
    throw malformed(field, 'has a SET OF that is not sorted')
  }
}

function readAttribute(set: DerReader, field: string): NameAttribute {
  const attribute = enter(set, tags.sequence, field)
  const typeId = readObjectIdentifier(attribute, field)
  const valueField = `${field} attribute ${typeId}`
  const value = readOpaque(attribute, valueField)
  leave(attribute, valueField)
  const text = readText(attribute, value, valueField)
  return Object.freeze({ typeId, text, der: copyElement(attribute, value) })
}
