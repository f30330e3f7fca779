import type { Replacement } from './proxy-case.js'

/** Makes the mistakes of a configuration. */
export interface ConfigurationEditor {
  readonly edit: (text: string) => string
  /** Why one of them could not be made; null where all were. */
  readonly fault: () => string | null
}

/** Replaces in whichever file has the text: a mistake that was not made proves nothing. */
export function createEditor(
  replacements: readonly Replacement[],
  port: number,
): ConfigurationEditor {
  const unused = new Set(replacements)
  return {
    edit: (text: string): string =>
      replacements.reduce((before, replacement) => {
        const [from, to] = replacement
        if (before.includes(from)) unused.delete(replacement)
        return before.replaceAll(from, to.replaceAll('{port}', `${port}`))
      }, text),
    fault: (): string | null => {
      const [first] = unused
      return first === undefined ? null : `the configuration has no ${first[0]}`
    },
  }
}

/** A file of the example of that name. */
export function inExamples(file: string): URL {
  return new URL(`../../../examples/${file}`, import.meta.url)
}
