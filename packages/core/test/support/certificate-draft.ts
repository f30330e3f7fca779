import {
  absent,
  encodeCertificate,
  extensions,
  version,
  type CertificateParts,
} from './certificate-encoder.js'

/** A certificate before it is encoded, so that a flaw can be put in. */
export interface Draft {
  readonly parts: CertificateParts
  /** Encoded extensions by their object identifiers. */
  readonly extensions: ReadonlyMap<string, Uint8Array>
}

/** Versions follow from what they must allow. */
export function encodeDraft({ parts, extensions: list }: Draft): Uint8Array {
  if (list.size > 0) {
    return encodeCertificate({ ...parts, extensions: extensions(...list.values()) })
  }
  const isVersion1 = parts.beforeExtensions.length === 0
  return encodeCertificate({ ...parts, version: isVersion1 ? absent : version(1) })
}
