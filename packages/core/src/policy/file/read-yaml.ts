import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'
import { lazily } from '../../lazily.js'
import { addEntry, deepestLevel, tooDeep } from './document.js'
import type { DocumentEntry, DocumentNode, DocumentScalar, FaultAt } from './document.js'

/**
 * Reads the part of YAML 1.2 that says the same to every reader: one document of maps with texts as
 * keys, lists, and the plain values of the core schema.
 */
export function readYaml(text: string, fault: FaultAt): DocumentNode {
  // Keys are compared on the way to our own nodes, in linear time.
  const { Composer } = yaml()
  const composer = new Composer({ uniqueKeys: false })
  stopAtFirstError(composer, fault)
  const [document, second] = composer.compose(readTokens(text, fault), true, text.length)
  const { contents, errors, warnings, range } = document as Yaml.Document.Parsed
  const [problem] = [...errors, ...warnings]
  /* c8 ignore next 2 -- for a version of the parser that collects its errors in another way */
  if (problem !== undefined)
    throw fault(problem.pos[0], `is not YAML here: ${problem.message}`, problem)
  if (second !== undefined) {
    throw fault(range[1], 'must be one document; give each policy a file of its own')
  }
  const root = toNode(contents, 0, fault)
  if ('value' in root && root.value === null) throw fault(0, 'holds nothing')
  return root
}

/** Loaded with the first such file: it takes about as long as all that is of this package. */
const yaml = lazily(() => createRequire(import.meta.url)('yaml') as typeof Yaml)

/** It would collect them, and a file can have one at every second character, which takes a minute. */
function stopAtFirstError(composer: Yaml.Composer, fault: FaultAt): void {
  let first: Error | undefined
  Object.defineProperty(composer, 'onError', {
    value(source: ErrorSource, _code: string, message: string) {
      // The composer makes an error of its own of whatever is thrown, and tells of it here, too.
      first ??= fault(offsetOfError(source), `is not YAML here: ${message}`)
      throw first
    },
  })
}

/** Where the composer found an error: an offset, or a token. */
type ErrorSource = number | { readonly offset: number }

function offsetOfError(source: ErrorSource): number {
  return typeof source === 'number' ? source : source.offset
}

/** 10,000 grants with all their conditions have 850,000, which take seconds. */
const mostLexemes = 1_000_000

/** The tokens of `text`, of which those are refused that give a value another meaning. */
function* readTokens(text: string, fault: FaultAt): Generator<Yaml.CST.Token> {
  const { CST, Lexer, Parser } = yaml()
  const parser = new Parser()
  let isContent = false
  let count = 0
  for (const lexeme of new Lexer().lex(text)) {
    const refused = isContent ? undefined : refusals.get(CST.tokenType(lexeme))
    if (refused !== undefined) throw fault(parser.offset, refused)
    count += 1
    if (count > mostLexemes) throw fault(parser.offset, 'has more parts than a policy in YAML can')
    isContent = !isContent && lexeme === CST.SCALAR
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') throw fault(token.offset, `is not YAML here: ${token.message}`)
      yield token
    }
    if (parser.stack.length > deepestLevel) throw fault(parser.offset, tooDeep)
  }
  yield* parser.end()
}

const refusals: ReadonlyMap<Yaml.CST.TokenType | null, string> = new Map([
  ['alias', 'must not hold an alias; write the value out'],
  ['anchor', 'must not hold an anchor; write the value out where it is needed'],
  ['directive-line', 'must not hold a directive'],
  ['tag', 'must not hold a tag; put a text into quotes'],
])

/** `at` is for a value that is not there, as behind a key alone. */
function toNode(value: unknown, at: number, fault: FaultAt): DocumentNode {
  const { isMap, isScalar, isSeq } = yaml()
  if (isMap(value)) {
    const start = startOf(value, at)
    const entries = new Map<string, DocumentEntry>()
    for (const { key, value: inner } of value.items) {
      const keyStart = startOf(key, start)
      const node = toNode(inner, keyStart, fault)
      addEntry(entries, readKey(key, keyStart, fault), { at: keyStart, node }, fault)
    }
    return { at: start, entries }
  }
  if (isSeq(value)) {
    const start = startOf(value, at)
    return { at: start, items: value.items.map((item) => toNode(item, start, fault)) }
  }
  const scalar = isScalar(value) ? (value.value as DocumentScalar['value']) : null
  return { at: startOf(value, at), value: scalar }
}

function readKey(key: unknown, at: number, fault: FaultAt): string {
  if (!yaml().isScalar(key) || typeof key.value !== 'string') {
    throw fault(at, 'must have a text for a key; put it into quotes')
  }
  if (key.value === '<<') throw fault(at, 'must not hold a merge key; write the values out')
  return key.value
}

function startOf(node: unknown, otherwise: number): number {
  const { range } = Object(node) as { readonly range?: readonly number[] | null }
  return range?.[0] ?? otherwise
}
