/**
 * Whether a unit of a pattern is `*` or `{name}`, which stand for one unit, or `**`, which stands for
 * one or more.
 */
export function isWildcard(unit: string): boolean {
  return unit === '*' || unit === '**' || wholeCapture.test(unit)
}

/** The first rule that `units` break, if wildcards and captures may only be `place`. */
export function findWildcardFault(units: readonly string[], place: string): string | undefined {
  const partial = units.find((unit) => /[*{}]/.test(unit) && !isWildcard(unit))
  if (partial !== undefined) {
    return `a ${partial.includes('*') ? 'wildcard' : 'capture'} must be ${place}`
  }
  const captures = units.filter((unit) => wholeCapture.test(unit))
  if (!captures.every((unit) => namedCapture.test(unit))) {
    return 'the name of a capture must be a letter, then letters, digits and _'
  }
  if (new Set(captures).size < captures.length) return 'two captures must not have one name'
  return undefined
}

/** Whether a text that may have braces of its own is written as a capture, or has one in it. */
export function isLikeCapture(text: string): boolean {
  return wholeCapture.test(text) || capture.test(text)
}

/** The names of the captures in a pattern, in their order. */
export function captureNames(pattern: string): readonly string[] {
  return pattern.match(/(?<=\{)[^}]+/g) ?? []
}

const wholeCapture = /^\{[^*{}]*\}$/
const namedCapture = /^\{[A-Za-z][A-Za-z0-9_]*\}$/
const capture = /\{[A-Za-z][A-Za-z0-9_]*\}/
