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
  for (let index = 0; index < from.length; index += 1) {
    let left = index + 1
    const next = [left]
    for (const [column, above] of row.slice(1).entries()) {
      const diagonal = (row[column] ?? 0) + (from[index] === to[column] ? 0 : 1)
      left = Math.min(diagonal, above + 1, left + 1)
      next.push(left)
    }
    row = next
  }
  return row.at(-1) ?? 0
}
