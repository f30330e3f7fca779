import { ambiguous, malformed } from '../contract-fault.js'

/**
 * The value of JSON (RFC 8259) in which no object has two members of one name, without regard to case:
 * of two, `JSON.parse` keeps the last and says nothing, and other readers keep the first.
 *
 * What bounds the work is looked at first: to parse 16,000 brackets takes a millisecond.
 *
 * @param refuseMany throws where the outermost array has too many elements
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also where it is nested deeper
 * than 8, has more than 256 members or more than 512 commas, or ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS
 */
export function parseUniqueJson(
  header: string,
  text: string,
  refuseMany: (header: string, elements: number) => void,
): unknown {
  const { elements, members, commas } = measureJson(header, text)
  refuseMany(header, elements)
  if (members > mostMembers) throw malformed(header, `must have at most ${mostMembers} members`)
  if (commas > mostCommas) throw malformed(header, `must have at most ${mostCommas} commas`)
  const value = parseJson(header, text)
  refuseRepeatedNames(header, text)
  return value
}

/** What `JSON.parse` throws quotes the text, and is not kept. */
function parseJson(header: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed(header, 'must be JSON')
  }
}

const maximumDepth = 8

/** Twice as many as 16 elements have whose every member is known. */
const mostMembers = 256

/** Twice as many as the names of two clients take that have as many as they may. */
const mostCommas = 512

interface JsonSize {
  /** At least one of an outermost array, which may be empty; none where the text is none. */
  readonly elements: number
  /** Of all objects. */
  readonly members: number
  /** Between elements and between members. */
  readonly commas: number
}

function measureJson(header: string, text: string): JsonSize {
  let depth = 0
  let elements = /^\s*\[/u.test(text) ? 1 : -Infinity
  let members = 0
  let commas = 0
  walkSigns(text, (sign) => {
    if (isOpening(sign)) depth += 1
    else if (isClosing(sign)) depth -= 1
    else if (sign === colon) members += 1
    else if (sign === comma) {
      commas += 1
      if (depth === 1) elements += 1
    }
    if (depth > maximumDepth) {
      throw malformed(header, `must not be nested deeper than ${maximumDepth}`)
    }
  })
  return { elements, members, commas }
}

/** Reads text that `JSON.parse` has found to be well-formed, so that whatever stands before a colon is a name. */
function refuseRepeatedNames(header: string, text: string): void {
  const open: (Set<string> | null)[] = []
  walkSigns(text, (sign, begin, end) => {
    if (isOpening(sign)) open.push(sign === brace ? new Set() : null)
    else if (isClosing(sign)) open.pop()
    if (sign !== colon) return
    const members = open.at(-1) as Set<string>
    const { size } = members
    members.add(unescapeName(text.slice(begin, end)))
    if (members.size === size) throw ambiguous(header, 'must not have two members of one name')
  })
}

function unescapeName(name: string): string {
  const unescaped = name.includes('\\') ? String(JSON.parse(`"${name}"`)) : name
  return unescaped.toLowerCase()
}

const [quote, backslash, comma, colon, brace] = [0x22, 0x5c, 0x2c, 0x3a, 0x7b]

function isOpening(sign: number): boolean {
  return sign === 0x5b || sign === brace
}

function isClosing(sign: number): boolean {
  return sign === 0x5d || sign === 0x7d
}

/** Visits all characters outside strings, with the place of the string before them. */
function walkSigns(text: string, visit: (sign: number, begin: number, end: number) => void): void {
  let begin = 0
  let end = 0
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at)
    if (sign === quote) {
      begin = at + 1
      end = endOfString(text, begin)
      at = end
    } else {
      visit(sign, begin, end)
    }
  }
}

function endOfString(text: string, begin: number): number {
  for (let at = begin; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === quote) return at
    if (character === backslash) at += 1
  }
  return text.length
}
