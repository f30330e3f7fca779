/** One sentence on a name that is not among `known`, with the one that was probably meant. */
export function unknownName(noun: string, name: string, known: Iterable<string>): string {
  const [nearest] = [...known]
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ distance }) => distance <= Math.max(2, name.length / 3))
    .toSorted((one, other) => one.distance - other.distance)
  const hint = nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest.candidate)}?`
  return `${noun} ${JSON.stringify(name)} is not known${hint}`
}

/** The Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  let distance = to.length
  for (let index = 0; index < from.length; index += 1) {
    let diagonal = index
    distance = index + 1
    const next = [distance]
    for (const [column, above] of row.slice(1).entries()) {
      const substituted = diagonal + (from[index] === to[column] ? 0 : 1)
      distance = Math.min(substituted, above + 1, distance + 1)
      diagonal = above
      next.push(distance)
    }
    row = next
  }
  return distance
}
