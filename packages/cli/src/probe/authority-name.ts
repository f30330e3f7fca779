import { rootCertificates } from 'node:tls'
import { X509Certificate } from 'node:crypto'
import { parseCertificate } from '@peergate/core'
import type { DistinguishedName } from '@peergate/core'
import { formatDistinguishedName } from '@peergate/core/material'

/** A CA, as a server names it or a certificate does. */
export interface AuthorityName {
  readonly text: string
  /** Its values in their order, by which two spellings of one name are one. */
  readonly key: string
}

export function nameOf(name: DistinguishedName): AuthorityName {
  const values = name.flat().map(({ text, der }) => text ?? Buffer.from(der).toString('hex'))
  return { text: formatDistinguishedName(name), key: keyOf(values) }
}

/** A name as OpenSSL prints it in one line, the first step first: `C = US, O = "Example, Inc."`. */
export function nameOfLine(line: string): AuthorityName {
  const attributes = Array.from(
    line.matchAll(attribute),
    ([, type = '', quoted, bare = '']) =>
      [type === 'emailAddress' ? 'E' : type, unescape(quoted ?? bare.trim())] as const,
  )
  const steps = attributes.map(([type, value]) => `${type}=${escape(value)}`)
  return { text: steps.toReversed().join(','), key: keyOf(attributes.map(([, value]) => value)) }
}

const attribute = /([\w.]+) = (?:"((?:[^"\\]|\\.)*)"|((?:[^,+\\]|\\.)*))/gu

/** Bytes of UTF-8 stand there in hexadecimal, and characters behind a backslash for themselves. */
function unescape(text: string): string {
  const decoded = text.replaceAll(/(?:\\[\dA-F]{2})+/gu, (bytes) =>
    Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8'),
  )
  return decoded.replaceAll(/\\(.)/gu, '$1')
}

/** RFC 4514 §2.4. */
function escape(value: string): string {
  return value.replaceAll(/[\\",+;<=>]/gu, (character) => `\\${character}`)
}

/** Comparison without regard to case and space (RFC 5280 §7.1). */
function keyOf(values: readonly string[]): string {
  return JSON.stringify(values.map((value) => value.toLowerCase().replaceAll(/\s+/gu, ' ').trim()))
}

/** How many of `names` are of CAs that come with Node, which are those of browsers. */
export function countPublicRoots(names: readonly AuthorityName[]): number {
  if (names.length === 0) return 0
  const roots = new Set(rootCertificates.flatMap(keyOfRoot))
  return names.filter(({ key }) => roots.has(key)).length
}

/** Some roots are older than the rules that certificates are read by, and are not counted. */
function keyOfRoot(pem: string): readonly string[] {
  try {
    return [nameOf(parseCertificate(new X509Certificate(pem).raw).subject).key]
  } catch {
    return []
  }
}
