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
 * @param read counts on from the lines before
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also above 16 elements or
 * 512 pairs, or ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS where an element repeats what it can only have once
 */
export function parseXfcc(
  header: string,
  line: string,
  read: PairCount = { pairs: 0 },
): readonly XfccElement[] {
  const elements: XfccElement[] = []
  let pairs: Pairs = new Map()
  let separator = ';'
  let end = 0
  pair.lastIndex = 0
  // Without groups: a line can have hundreds of pairs, and the parts of each are plain to find.
  for (let begin = 0; pair.test(line); begin = end) {
    end = pair.lastIndex
    read.pairs += 1
    if (read.pairs > mostPairs) throw malformed(header, `must have at most ${mostPairs} pairs`)
    separator = separatorBefore(line, end)
    addPair(pairs, line.slice(begin, end - separator.length))
    if (separator === ';') continue
    refuseManyElements(header, elements.length + 1)
    elements.push(elementOf(header, pairs))
    pairs = new Map()
  }
  if (end === line.length && separator === '') return elements
  throw malformed(header, 'must be elements of key=value, each value bare or wholly in quotes')
}

/** How many pairs were read of a header that comes in lines. */
export interface PairCount {
  pairs: number
}

/** Twice as many as the names of two clients take that have as many as they may. */
const mostPairs = 512

/** Each part ends where no other can begin, so that there is nothing to try twice. */
const pair = /(?:^ *)?[\w!#$%&'*+.^`|~-]+=(?:"[^"\\]*(?:\\.[^"\\]*)*"|[^",;]*)(?:;|, *|$)/uy

/** What ends a pair, which is in no bare value, and behind the last quote of one in quotes. */
function separatorBefore(line: string, end: number): string {
  if (line.charAt(end - 1) === ';') return ';'
  let begin = end
  while (line.charAt(begin - 1) === ' ') begin -= 1
  return line.charAt(begin - 1) === ',' ? line.slice(begin - 1, end) : ''
}

/** The values of each key, in lower case. */
type Pairs = Map<string, string[]>

function addPair(pairs: Pairs, text: string): void {
  const equals = text.indexOf('=')
  const key = text.slice(0, equals).trimStart().toLowerCase()
  const isQuoted = text.charAt(equals + 1) === '"'
  const value = isQuoted ? text.slice(equals + 2, -1) : text.slice(equals + 1)
  const values = pairs.get(key)
  if (values === undefined) pairs.set(key, [value])
  else values.push(value)
}

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

function elementOf(header: string, pairs: Pairs): XfccElement {
  refuseRepetition(header, pairs)
  return {
    hash: pairs.get('hash')?.[0] ?? null,
    certificate: pairs.get('cert')?.[0] ?? null,
    chain: pairs.get('chain')?.[0] ?? null,
    uris: namesOf(pairs, 'uri'),
    dnsNames: namesOf(pairs, 'dns'),
  }
}

function refuseRepetition(header: string, pairs: Pairs): void {
  for (const [key, name] of singletons) {
    const values = pairs.get(key)
    if (values === undefined || values.length === 1) continue
    throw ambiguous(header, `must have one ${name} in an element`)
  }
}

const singletons = ['Hash', 'Cert', 'Chain', 'Subject', 'Issuer'].map(
  (name) => [name.toLowerCase(), name] as const,
)

/** Envoy writes `URI=` for a certificate that has none. */
function namesOf(pairs: Pairs, key: string): readonly string[] {
  return (pairs.get(key) ?? []).filter((name) => name !== '')
}
