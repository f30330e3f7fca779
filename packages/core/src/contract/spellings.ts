/** What header names are looked for, in lower case with dashes: whole, or by how they begin. */
export interface SoughtNames {
  readonly names: readonly string[]
  readonly prefixes?: readonly string[]
}

/**
 * Returns what tells whether a name in lower case is one of those in any spelling of {@link foldName},
 * without writing it anew: the names of a request can be many and long.
 */
export function createSpellingTest({
  names,
  prefixes = [],
}: SoughtNames): (name: string) => boolean {
  // What is no folded name has no spellings, and no place in a pattern.
  const whole = names.filter((name) => foldName(name) === name).map((name) => `${name}$`)
  const pattern = [...whole, ...prefixes].join('|').replaceAll('-', '[^a-z\\d]')
  const spelling = new RegExp(`^(?:${pattern})`, 'u')
  return whole.length + prefixes.length === 0 ? () => false : (name) => spelling.test(name)
}

/** A name in lower case, by which all spellings that others take for one are one. */
export function foldName(name: string): string {
  return name.replaceAll(/[^a-z\d]/gu, '-')
}
