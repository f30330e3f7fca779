import type { ProxyAnswer } from './ask-proxy.js'
import type { HeaderLines } from './record-requests.js'

/**
 * The names of lines, among those that reached the backend, which are the client’s own: there are more
 * of the name than without them, or the value holds one that only the client sent.
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
  const found = arrived.filter(([name]) => sent.some(([sentName]) => isSame(sentName, name)))
  return found.filter((line, at) => isOwn(line) || isSurplus(line, at)).map(([name]) => name)

  function isOwn([name, value]: HeaderLines[number]): boolean {
    return own.some(([sentName, text]) => isSame(sentName, name) && holds(value, text))
  }

  function isSurplus([name]: HeaderLines[number], at: number): boolean {
    const countIn = (lines: HeaderLines) => lines.filter((line) => isSame(line[0], name)).length
    return countIn(found.slice(0, at + 1)) > countIn(honest)
  }
}

/** A proxy may put its own value beside that of the client, in one line. */
function holds(value: string, text: string): boolean {
  if (text.length > longestWord) return value.includes(text)
  return value.split(',').some((part) => part.trim() === text)
}

/** Short ones are words, which may be parts of others. */
const longestWord = 16

function asText([name, value]: HeaderLines[number]): string {
  return `${name.toLowerCase()}: ${value}`
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
