import { ambiguous, malformed } from '../contract-fault.js'

/**
 * The value of JSON (RFC 8259) in which no object has two members of one name, without regard to case:
 * of two, `JSON.parse` keeps the last and says nothing, and other readers keep the first.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also where it is nested deeper
 * than 8, or ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS
 */
export function parseUniqueJson(header: string, text: string): unknown {
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

/** Reads text that `JSON.parse` has found to be well-formed. */
function refuseRepeatedNames(header: string, text: string): void {
  const open: number[] = []
  const members = new Set<string>()
  let opened = 0
  for (const [token, name] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') open.push((opened += 1))
    else if (token === '}' || token === ']') open.pop()
    else if (name !== undefined) addMember(header, members, `${open.at(-1)} ${unescapeName(name)}`)
    if (open.length > maximumDepth) {
      throw malformed(header, `must not be nested deeper than ${maximumDepth}`)
    }
  }
}

/** Brackets outside strings, and strings, of which one before a colon is a name. */
const tokens = /[[\]{}]|"(?:([^"\\]*(?:\\.[^"\\]*)*)"\s*:|[^"\\]*(?:\\.[^"\\]*)*")/gsu

function unescapeName(name: string): string {
  return String(JSON.parse(`"${name}"`)).toLowerCase()
}

function addMember(header: string, members: Set<string>, member: string): void {
  if (members.has(member)) throw ambiguous(header, 'must not have two members of one name')
  members.add(member)
}
