import { foldName } from './ask-proxy.js'
import type { ProxyAnswer } from './ask-proxy.js'
import type { HeaderLines } from './record-requests.js'

/**
 * The names of lines, among those that reached the backend, which are the client’s own: there are more
 * of the name than without them, or the value holds one that only the client sent. Names with other marks
 * in the place of dashes are left to {@link aliasLines}.
 *
 * @param honest what reached the backend when the same client sent nothing of its own
 */
export function foreignLines(
  sent: HeaderLines,
  { arrived }: ProxyAnswer,
  { arrived: honest }: ProxyAnswer,
): readonly string[] {
  const usual = new Set(honest.map(asText))
  const own = sent.filter((line) => !usual.has(asText(line)))
  const found = arrived.filter(([name]) => isPlain(name))
  return found.filter((line, at) => isOwn(line) || isSurplus(line, at)).map(([name]) => name)

  function isOwn([name, value]: HeaderLines[number]): boolean {
    return own.some(([sentName, text]) => isSame(sentName, name) && holds(value, text))
  }

  function isSurplus([name]: HeaderLines[number], at: number): boolean {
    const countIn = (lines: HeaderLines) => lines.filter((line) => isSame(line[0], name)).length
    return countIn(found.slice(0, at + 1)) > countIn(honest)
  }
}

/** A proxy may put its own value behind that of the client, in one line. Short ones are words of its own. */
function holds(value: string, text: string): boolean {
  return value === text || (text.length > longestWord && value.includes(text))
}

const longestWord = 16

/** The names among those that reached the backend which some software takes for another name. */
export function aliasLines({ arrived }: ProxyAnswer): readonly string[] {
  return arrived.map(([name]) => name).filter((name) => !isPlain(name))
}

function asText([name, value]: HeaderLines[number]): string {
  return `${name.toLowerCase()}: ${value}`
}

function isPlain(name: string): boolean {
  return name.toLowerCase() === foldName(name)
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
