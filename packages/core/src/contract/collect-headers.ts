import type { PeerGateError } from '../errors.js'
import { ambiguous, malformed } from './contract-fault.js'
import { namesOf, rememberByNames } from './names-memory.js'
import type { ContractHeader, ForwardedHeaders } from './proxy-contract.js'
import { createSpellingTest, foldName } from './spellings.js'

/** The lines of each header of a contract as they came, in the order of the contract; not yet checked. */
export type SentHeaders = readonly (readonly string[])[]

/**
 * Finds the headers of a contract among raw header lines, in which nothing is joined or lost.
 *
 * A name that is written with `_`, `.` or the like in the place of a dash is another header to Node and
 * the same to much that stands before and behind it, so that it is refused. So is a second line of what
 * is no list, and a list of more than 100 lines.
 *
 * @param rawHeaders names and values by turns, as Node has them
 * @param mostLines from how many lines on Node may have dropped some, in silence
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS or
 * ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export type FindHeaders = (rawHeaders: readonly string[], mostLines?: number) => SentHeaders

export function createHeaderFinder(headers: readonly ContractHeader[]): FindHeaders {
  const isSought = createSpellingTest({ names: headers.map(({ name }) => name) })
  const layOut = rememberByNames((raw) => findLines(raw, headers, isSought), 2)
  return (rawHeaders, mostLines = 1000) => {
    refuseLostLines(rawHeaders, mostLines)
    const { lines, fault } = layOut(rawHeaders)
    if (fault !== null) throw fault()
    return lines.map((places) => places.map((place) => rawHeaders[place] ?? ''))
  }
}

/**
 * Refuses characters that are not printable ASCII, and values of more than 32,768 characters.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function checkHeaders(
  sent: SentHeaders,
  headers: readonly ContractHeader[],
): ForwardedHeaders {
  const found = new Map(headers.map(({ name }, index) => [name, sent[index] as readonly string[]]))
  for (const [name, lines] of found) for (const value of lines) checkValue(name, value)
  return {
    value: (name) => found.get(name)?.[0] ?? null,
    lines: (name) => found.get(name) ?? [],
  }
}

/**
 * The headers of a contract, found and checked.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS or
 * ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function collectHeaders(
  rawHeaders: readonly string[],
  headers: readonly ContractHeader[],
): ForwardedHeaders {
  return checkHeaders(createHeaderFinder(headers)(rawHeaders), headers)
}

/** Where the values of a contract are among raw header lines, or what is wrong with their names. */
interface Layout {
  /** For each header of the contract. */
  readonly lines: readonly (readonly number[])[]
  readonly fault: (() => PeerGateError) | null
}

function findLines(
  rawHeaders: readonly string[],
  headers: readonly ContractHeader[],
  isSought: (name: string) => boolean,
): Layout {
  const places = new Map(headers.map(({ name }): [string, number[]] => [name, []]))
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase()
    if (!isSought(name)) continue
    // Nearly all of them are written with dashes, and then there is nothing to fold.
    const own = places.get(name) ?? places.get(foldName(name))
    ;(own as number[]).push(index + 1)
  }
  const lines = headers.map(({ name }) => places.get(name) as readonly number[])
  return { lines, fault: findFault(rawHeaders, headers, lines) }
}

function findFault(
  rawHeaders: readonly string[],
  headers: readonly ContractHeader[],
  lines: readonly (readonly number[])[],
): (() => PeerGateError) | null {
  for (const [index, { name }] of headers.entries()) {
    const own = lines[index] as readonly number[]
    if (own.some((place) => rawHeaders[place - 1]?.toLowerCase() !== name))
      return () => ambiguous(name, 'must be spelt with dashes, and is not')
  }
  for (const [index, { name, isList = false, before }] of headers.entries()) {
    const own = lines[index] as readonly number[]
    if (!isList && own.length > 1) return () => ambiguous(name, 'must be sent once')
    if (own.length > longestList) {
      return () => malformed(name, `must have at most ${longestList} lines`)
    }
    if (before !== undefined && isBehind(rawHeaders, own, before)) {
      const anchors = before.join(' or ')
      return () => ambiguous(name, `must be set before ${anchors}, or it may be the client’s own`)
    }
  }
  return null
}

/** Far above the certificates and elements that any contract reads of a list. */
const longestList = 100

function isBehind(
  rawHeaders: readonly string[],
  [place]: readonly number[],
  anchors: readonly string[],
): boolean {
  const names = namesOf(rawHeaders).map((name) => name.toLowerCase())
  const last = Math.max(...anchors.map((anchor) => names.lastIndexOf(anchor)))
  return place !== undefined && place > 2 * last + 1
}

/** A genuine header may be gone, and a forged one in front of it there. */
function refuseLostLines(rawHeaders: readonly string[], mostLines: number): void {
  // Node takes lines in batches, and drops those that come when there are as many already.
  if (rawHeaders.length < 2 * mostLines) return
  const fault = `must have fewer than ${mostLines} header lines, behind which some may be lost`
  throw ambiguous('the request', fault)
}

const longestValue = 32_768

function checkValue(header: string, value: string): void {
  if (value.length > longestValue) {
    throw malformed(header, `must not exceed ${longestValue} characters`)
  }
  if (!/^[ -~]*$/u.test(value)) throw malformed(header, 'must be printable ASCII')
}
