import type { IdentityParser } from '../../identity-value/identity-value.js'
import type { IdentityRange, PatternSyntax } from './pattern-syntax.js'

/**
 * A pattern of a kind of identity that has a path: `*` is one whole segment, a trailing `**` is all
 * the segments from there on, of which there is at least one. Wildcards stand for nothing in front of
 * the path, where the authority is, and nothing after it, where query and fragment are.
 */
export function parsePathPattern(text: string, parse: IdentityParser): PatternSyntax {
  if (!text.includes('*')) return parse(text)
  const { root, segments } = splitPath(text)
  if (root.includes('*') || segments.some(hasPartialWildcard)) {
    return { fault: 'a wildcard must be a whole segment of the path' }
  }
  if (segments.slice(0, -1).includes('**')) return { fault: '** must be the last segment' }
  if (/[?#]/.test(text)) return { fault: 'a pattern with a wildcard must end with the path' }
  const sample = parse([root, ...segments.map(fillWildcard)].join('/'))
  if ('fault' in sample) return sample
  return createPathPattern(splitPath(sample.value).root, segments)
}

/** Without an authority, the root is the scheme and what stands before the first slash: `urn:example:a`. */
function splitPath(text: string): { readonly root: string; readonly segments: readonly string[] } {
  const parts = text.split('/')
  const hasAuthority = parts[1] === ''
  const length = hasAuthority ? 3 : 1
  return { root: parts.slice(0, length).join('/'), segments: parts.slice(length) }
}

function hasPartialWildcard(segment: string): boolean {
  return segment.includes('*') && segment !== '*' && segment !== '**'
}

/** What a wildcard may stand for, so that the parser of identities judges the literal parts. */
function fillWildcard(segment: string): string {
  return segment.includes('*') ? 'x' : segment
}

function createPathPattern(root: string, segments: readonly string[]): IdentityRange {
  const hasRest = segments.at(-1) === '**'
  const path = { prefix: `${root}/`, steps: hasRest ? segments.slice(0, -1) : segments, hasRest }
  return { text: [root, ...segments].join('/'), matches: (value) => matchPath(path, value) }
}

interface PathSteps {
  readonly prefix: string
  /** Literal segments and single wildcards. */
  readonly steps: readonly string[]
  readonly hasRest: boolean
}

function matchPath({ prefix, steps, hasRest }: PathSteps, value: string): boolean {
  if (!value.startsWith(prefix) || value.includes('?') || value.includes('#')) return false
  let start = prefix.length
  for (const step of steps) {
    const slash = value.indexOf('/', start)
    const end = slash === -1 ? value.length : slash
    if (step === '*' ? end <= start : !isSegmentAt(value, step, start, end)) return false
    start = end + 1
  }
  return hasRest ? start < value.length : start > value.length
}

function isSegmentAt(value: string, segment: string, start: number, end: number): boolean {
  return end - start === segment.length && value.startsWith(segment, start)
}
