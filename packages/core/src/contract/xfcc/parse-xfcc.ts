import { ambiguous, malformed } from '../contract-fault.js'
import { decodePercent } from '../decode/percent.js'
import type { XfccElement } from './xfcc-element.js'
import { refuseManyElements } from './xfcc-options.js'

/**
 * The elements of one line, of which there is at least one, with PEM still escaped; in linear time.
 *
 * ```text
 * line    = element *( "," *SP element )
 * element = pair *( ";" pair )
 * pair    = key "=" value                 ; key: token, without regard to case
 * value   = DQUOTE *( qchar / "\" CHAR ) DQUOTE / *( CHAR except DQUOTE "," ";" )
 * ```
 *
 * The backslashes in quotes are those of a distinguished name: they keep a quote from ending the
 * value, and stay in it. A line with a fault in one element is refused as a whole, since a quote in
 * what a client wrote could swallow the genuine element behind it.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also above 16 elements, or
 * ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS where an element repeats what it can only have once
 */
export function parseXfcc(header: string, line: string): readonly XfccElement[] {
  const elements: XfccElement[] = []
  let pairs = new Map<string, string[]>()
  let end = 0
  let separator = ';'
  for (const [whole, key = '', quoted, bare = '', found = ''] of line.matchAll(pair)) {
    addPair(pairs, key.toLowerCase(), quoted ?? bare)
    end += whole.length
    separator = found.charAt(0)
    if (separator === ';') continue
    refuseManyElements(header, elements.length + 1)
    elements.push(elementOf(header, pairs))
    pairs = new Map()
  }
  if (end === line.length && separator === '') return elements
  throw malformed(header, 'must be elements of key=value, each value bare or wholly in quotes')
}

/** Each part ends where no other can begin, so that there is nothing to try twice. */
const pair = /(?:^ *)?([\w!#$%&'*+.^`|~-]+)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^",;]*))(;|, *|$)/guy

/**
 * The element with its PEM as it was before Envoy escaped it (`PercentEncoding::urlEncode`).
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function unescapePem(header: string, element: XfccElement): XfccElement {
  const unescape = (text: string | null): string | null =>
    text === null ? null : decodePercent(header, text)
  return {
    ...element,
    certificate: unescape(element.certificate),
    chain: unescape(element.chain),
  }
}

function addPair(pairs: Map<string, string[]>, key: string, value: string): void {
  const values = pairs.get(key)
  if (values === undefined) pairs.set(key, [value])
  else values.push(value)
}

function elementOf(header: string, pairs: ReadonlyMap<string, readonly string[]>): XfccElement {
  refuseRepetition(header, pairs)
  return {
    hash: pairs.get('hash')?.[0] ?? null,
    certificate: pairs.get('cert')?.[0] ?? null,
    chain: pairs.get('chain')?.[0] ?? null,
    uris: namesOf(pairs, 'uri'),
    dnsNames: namesOf(pairs, 'dns'),
  }
}

function refuseRepetition(header: string, pairs: ReadonlyMap<string, readonly string[]>): void {
  for (const key of singletons) {
    const values = pairs.get(key.toLowerCase()) ?? []
    if (values.length > 1) throw ambiguous(header, `must have one ${key} in an element`)
  }
}

const singletons = ['Hash', 'Cert', 'Chain', 'Subject', 'Issuer']

/** Envoy writes `URI=` for a certificate that has none. */
function namesOf(pairs: ReadonlyMap<string, readonly string[]>, key: string): readonly string[] {
  return (pairs.get(key) ?? []).filter((name) => name !== '')
}
