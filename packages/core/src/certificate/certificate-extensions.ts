import type { BasicConstraints } from './certificate-facts.js'
import { enter, hasMore, isNext, leave, malformed, tags, tooMany, type DerReader } from './der.js'
import { readSmallUnsigned, readTrue } from './der-primitives.js'
import { readExtensionList, type Extension } from './extension.js'
import { readKeyUsage, type KeyUsage } from './key-usage.js'
import { readObjectIdentifier } from './object-identifier.js'
import {
  readSubjectAlternativeNames,
  type SubjectAlternativeName,
} from './subject-alternative-name.js'

/** What the extensions of a certificate say, of those that say something of its holder. */
export interface CertificateExtensions {
  readonly subjectAlternativeNames: readonly SubjectAlternativeName[]
  readonly keyUsage: readonly KeyUsage[] | null
  readonly extendedKeyUsage: readonly string[] | null
  readonly basicConstraints: BasicConstraints | null
}

/** The certificate of version 1 or 2, or without extensions. */
export const noExtensions: CertificateExtensions = {
  subjectAlternativeNames: Object.freeze([]),
  keyUsage: null,
  extendedKeyUsage: null,
  basicConstraints: null,
}

/** Reads Extensions (RFC 5280 §4.1.2.9). The values of other extensions are not read. */
export function readExtensions(reader: DerReader): CertificateExtensions {
  const extensions = readExtensionList(reader, 'extensions')
  return {
    subjectAlternativeNames:
      readValue(extensions, '2.5.29.17', readSubjectAlternativeNames) ??
      noExtensions.subjectAlternativeNames,
    keyUsage: readValue(extensions, '2.5.29.15', readKeyUsage),
    extendedKeyUsage: readValue(extensions, '2.5.29.37', readExtendedKeyUsage),
    basicConstraints: readValue(extensions, '2.5.29.19', readBasicConstraints),
  }
}

function readValue<Value>(
  extensions: ReadonlyMap<string, Extension>,
  id: string,
  read: (reader: DerReader, field: string) => Value,
): Value | null {
  const reader = extensions.get(id)?.value
  if (reader === undefined) return null
  const field = `extension ${id}`
  const value = read(reader, field)
  leave(reader, field)
  return value
}

/** RFC 5280 §4.2.1.12; there may be 100. */
function readExtendedKeyUsage(reader: DerReader, field: string): readonly string[] {
  const purposes = enter(reader, tags.sequence, field)
  if (!hasMore(purposes)) throw malformed(field, 'is empty')
  const ids: string[] = []
  while (hasMore(purposes)) {
    if (ids.length === mostPurposes) throw tooMany(mostPurposes, 'extended key usages')
    ids.push(readObjectIdentifier(purposes, field))
  }
  return Object.freeze(ids)
}

/** Ten times as many as there are in use. */
const mostPurposes = 100

/** RFC 5280 §4.2.1.9: a path length without cA means nothing, and is refused. */
function readBasicConstraints(reader: DerReader, field: string): BasicConstraints {
  const constraints = enter(reader, tags.sequence, field)
  const ca = isNext(constraints, tags.boolean) && readTrue(constraints, `${field} cA`)
  const pathLength = hasMore(constraints)
    ? readSmallUnsigned(constraints, `${field} pathLenConstraint`)
    : null
  leave(constraints, field)
  if (!ca && pathLength !== null) throw malformed(field, 'has a pathLenConstraint without cA')
  return Object.freeze({ ca, pathLength })
}
