import { ambiguous, malformed } from './contract-fault.js'
import type { ContractHeader, ForwardedHeaders } from './proxy-contract.js'

/** The headers of a contract as they came, and all their text, which says whether two are alike. */
export interface CollectedHeaders extends ForwardedHeaders {
  readonly text: string
}

/**
 * Collects the headers of a contract from raw header lines, in which nothing is joined or lost.
 *
 * A name that is written with `_`, `.` or the like in the place of a dash is another header to Node and
 * the same to much that stands before and behind it, so that it is refused. So are a second line of what is no
 * list, characters that are not printable ASCII, and values of more than 32,768 characters.
 *
 * @param rawHeaders names and values by turns, as Node has them
 * @param mostLines from how many lines on Node may have dropped some, in silence
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS or
 * ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED
 */
export function collectHeaders(
  rawHeaders: readonly string[],
  headers: readonly ContractHeader[],
  mostLines = 1000,
): CollectedHeaders {
  refuseLostLines(rawHeaders, mostLines)
  const found = new Map<string, string[]>(headers.map(({ name }) => [name, []]))
  for (const [index, text] of rawHeaders.entries()) {
    if (index % 2 === 1) continue
    const name = text.toLowerCase()
    const lines = found.get(foldName(name))
    if (lines === undefined) continue
    const header = foldName(name)
    if (name !== header) throw ambiguous(header, 'must be spelt with dashes, and is not')
    lines.push(checkValue(header, rawHeaders[index + 1] ?? ''))
  }
  for (const { name, isList = false, before } of headers) {
    if (!isList && linesOf(found, name).length > 1) throw ambiguous(name, 'must be sent once')
    if (before !== undefined) refuseBehind(rawHeaders, name, before)
  }
  return {
    text: JSON.stringify([...found.values()]),
    value: (name) => linesOf(found, name)[0] ?? null,
    lines: (name) => linesOf(found, name),
  }
}

/** A name in lower case, by which all spellings that others take for one are one. */
export function foldName(name: string): string {
  return name.replaceAll(/[^a-z\d]/gu, '-')
}

function refuseBehind(
  rawHeaders: readonly string[],
  name: string,
  anchors: readonly string[],
): void {
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((each) => each.toLowerCase())
  const position = names.indexOf(name)
  const last = Math.max(...anchors.map((anchor) => names.lastIndexOf(anchor)))
  if (position < last || position === -1) return
  throw ambiguous(name, `must be set before ${anchors.join(' or ')}, or it may be the client’s own`)
}

/** A genuine header may be gone, and a forged one in front of it there. */
function refuseLostLines(rawHeaders: readonly string[], mostLines: number): void {
  // Node takes lines in batches, and drops those that come when there are as many already.
  if (rawHeaders.length < 2 * mostLines) return
  const fault = `must have fewer than ${mostLines} header lines, behind which some may be lost`
  throw ambiguous('the request', fault)
}

const longestValue = 32_768

function checkValue(header: string, value: string): string {
  if (value.length > longestValue) {
    throw malformed(header, `must not exceed ${longestValue} characters`)
  }
  if (!/^[ -~]*$/u.test(value)) throw malformed(header, 'must be printable ASCII')
  return value
}

function linesOf(found: ReadonlyMap<string, readonly string[]>, name: string): readonly string[] {
  return found.get(name) ?? []
}
