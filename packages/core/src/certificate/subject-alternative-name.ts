import {
  checkOpaque,
  copyContent,
  copyElement,
  enter,
  hasMore,
  leave,
  malformed,
  openElement,
  readElement,
  readOpaque,
  tags,
  tooMany,
  type DerElement,
  type DerReader,
} from './der.js'
import { readAscii, readText } from './der-text.js'
import {
  mostAttributes,
  readDistinguishedName,
  type DistinguishedName,
} from './distinguished-name.js'
import { decodeObjectIdentifier, readObjectIdentifier } from './object-identifier.js'

/**
 * One name of the subjectAltName extension, by the names of RFC 5280 §4.2.1.6. Text is as the
 * certificate has it: nothing is unescaped, folded or trimmed.
 */
export type SubjectAlternativeName =
  | { readonly type: 'otherName'; readonly typeId: string; readonly value: OtherNameValue }
  | { readonly type: 'rfc822Name'; readonly value: string }
  | { readonly type: 'dNSName'; readonly value: string }
  /** The DER of the name, tag included. */
  | { readonly type: 'x400Address'; readonly der: Uint8Array }
  | { readonly type: 'directoryName'; readonly value: DistinguishedName }
  /** The DER of the name, tag included. */
  | { readonly type: 'ediPartyName'; readonly der: Uint8Array }
  | { readonly type: 'uniformResourceIdentifier'; readonly value: string }
  /** 4 or 16 bytes in network order. */
  | { readonly type: 'iPAddress'; readonly bytes: Uint8Array }
  | { readonly type: 'registeredID'; readonly value: string }

/** The value of an otherName: its text where it is a UTF8String or IA5String, and always its DER. */
export interface OtherNameValue {
  readonly text: string | null
  /** Tag included. */
  readonly der: Uint8Array
}

/** Reads GeneralNames, of which there must be one and may be 100, with as many attributes. */
export function readSubjectAlternativeNames(
  reader: DerReader,
  field: string,
): readonly SubjectAlternativeName[] {
  const entries = enter(reader, tags.sequence, field)
  if (!hasMore(entries)) throw malformed(field, 'is empty')
  const names: SubjectAlternativeName[] = []
  let attributes = 0
  while (hasMore(entries)) {
    if (names.length === maximumNames) throw tooMany(maximumNames, 'subject alternative names')
    const name = Object.freeze(readName(entries, field))
    names.push(name)
    attributes += name.type === 'directoryName' ? name.value.flat().length : 0
    if (attributes > mostAttributes) throw tooMany(mostAttributes, 'attributes in directory names')
  }
  return Object.freeze(names)
}

const maximumNames = 100

/** The tags of GeneralName (RFC 5280 §4.2.1.6). */
function readName(entries: DerReader, field: string): SubjectAlternativeName {
  const element = readElement(entries, field)
  switch (element.tag) {
    case 0xa0:
      return readOtherName(openElement(entries, element), `${field} otherName`)
    case 0x81: {
      const value = readAscii(entries, element, `${field} rfc822Name`)
      return { type: 'rfc822Name', value }
    }
    case 0x82: {
      const value = readAscii(entries, element, `${field} dNSName`)
      return { type: 'dNSName', value }
    }
    case 0xa3:
      checkOpaque(entries, element, `${field} x400Address`)
      return { type: 'x400Address', der: copyElement(entries, element) }
    case 0xa4:
      return readDirectoryName(openElement(entries, element), `${field} directoryName`)
    case 0xa5:
      checkOpaque(entries, element, `${field} ediPartyName`)
      return { type: 'ediPartyName', der: copyElement(entries, element) }
    case 0x86: {
      const value = readAscii(entries, element, `${field} uniformResourceIdentifier`)
      return { type: 'uniformResourceIdentifier', value }
    }
    case 0x87:
      return readAddress(copyContent(entries, element), `${field} iPAddress`)
    case 0x88: {
      const value = decodeObjectIdentifier(entries, element, `${field} registeredID`)
      return { type: 'registeredID', value }
    }
    default:
      throw malformed(field, 'has a name of a type that does not exist')
  }
}

/** An otherName is a type and, tagged [0], a value of that type. */
function readOtherName(otherName: DerReader, field: string): SubjectAlternativeName {
  const typeId = readObjectIdentifier(otherName, field)
  const explicit = enter(otherName, 0xa0, field)
  leave(otherName, field)
  const element = readOpaque(explicit, field)
  leave(explicit, field)
  const text = readOtherNameText(explicit, element, field)
  const value = Object.freeze({ text, der: copyElement(explicit, element) })
  return { type: 'otherName', typeId, value }
}

/** No otherName in use is defined over another string type. */
function readOtherNameText(reader: DerReader, element: DerElement, field: string): string | null {
  const isDefined = element.tag === tags.utf8String || element.tag === tags.ia5String
  return isDefined ? readText(reader, element, field) : null
}

/** A Name is a CHOICE, so its tag is explicit (X.680 §31.2.7). */
function readDirectoryName(explicit: DerReader, field: string): SubjectAlternativeName {
  const value = readDistinguishedName(explicit, field)
  leave(explicit, field)
  return { type: 'directoryName', value }
}

function readAddress(bytes: Uint8Array, field: string): SubjectAlternativeName {
  if (bytes.length === 4 || bytes.length === 16) return { type: 'iPAddress', bytes }
  throw malformed(field, 'is neither 4 nor 16 bytes long')
}
