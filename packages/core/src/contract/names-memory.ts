/**
 * Remembers what was found of headers by their names alone, for requests whose names are the same in
 * the same order. Whoever sends requests over a connection hardly ever changes them, and to compare
 * them costs less than to look up each.
 *
 * @param find must look at the names alone
 * @param stride 2 for names and values by turns, as Node has them raw, 1 for names
 */
export function rememberByNames<Found>(
  find: (headers: readonly string[]) => Found,
  stride: 1 | 2,
): (headers: readonly string[]) => Found {
  const known: Known<Found>[] = []
  let oldest = 0

  function isOf(headers: readonly string[], names: readonly string[]): boolean {
    if (headers.length !== stride * names.length) return false
    for (let index = 0; index < names.length; index += 1) {
      if (headers[stride * index] !== names[index]) return false
    }
    return true
  }

  return (headers) => {
    for (const { names, found } of known) if (isOf(headers, names)) return found
    const found = find(headers)
    if (headers.length > stride * mostNames) return found
    const names = stride === 1 ? headers : namesOf(headers)
    known[oldest] = { names, found }
    oldest = (oldest + 1) % mostKnown
    return found
  }
}

interface Known<Found> {
  readonly names: readonly string[]
  readonly found: Found
}

const mostKnown = 4
const mostNames = 100

/** Names, of names and values by turns. */
export function namesOf(rawHeaders: readonly string[]): readonly string[] {
  const names: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) names.push(rawHeaders[index] as string)
  return names
}
