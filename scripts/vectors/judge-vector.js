// @ts-check
// Compares what Peergate says of a vector with its verdict.
import { outcomeOf, readVector } from './read-vector.js'

/**
 * @typedef {import('./read-vector.js').Factory} Factory
 * @typedef {import('./read-vector.js').Outcome} Outcome
 * @typedef {import('./read-vector.js').Reader} Reader
 * @typedef {import('./read-vector.js').Texts} Texts
 * @typedef {import('./read-vector.js').Vector} Vector
 *
 * @typedef {object} Element what the grammar of XFCC finds
 * @property {string | null} hash
 * @property {string | null} certificate
 * @property {string | null} chain
 *
 * @typedef {(header: string, line: string) => readonly (Element | null)[]} Grammar
 *
 * @typedef {Partial<Reader> & { name: string, value?: string, is: string }} HeaderEntry
 *
 * @typedef {object} LabelEntry
 * @property {string | null} contract the name of the factory; null where nothing may be read
 * @property {string} [why] the reason for null
 * @property {object} [options]
 * @property {object} [policy]
 * @property {Texts} [companions]
 * @property {string} [grammar] which grammar says how many elements there are
 * @property {readonly HeaderEntry[]} [headers] the first whose patterns match is what a vector stands for
 * @property {Texts} [unread] the reason why a header is not read, by a pattern of its name
 *
 * @typedef {object} Mapping
 * @property {string} certificate in base64, for companions
 * @property {Readonly<Record<string, LabelEntry>>} labels
 * @property {Texts} exceptions the reason for a disagreement, by the id of the vector
 *
 * @typedef {object} Context
 * @property {Mapping} mapping
 * @property {Readonly<Record<string, Factory | undefined>>} factories by name
 * @property {Readonly<Record<string, Grammar>>} grammars by name
 *
 * @typedef {object} Judgement
 * @property {'agreed' | 'disagreed' | 'listed'} result
 * @property {string} detail
 * @property {boolean} [isMock] agreed as to the syntax alone, since the certificate is made up
 */

/**
 * @param {Vector} vector
 * @param {Context} context
 * @returns {Judgement}
 */
export function judgeVector(vector, context) {
  const judgement = judge(vector, context)
  const reason = context.mapping.exceptions[vector.id]
  if (reason === undefined) return judgement
  if (judgement.result === 'disagreed') return { result: 'listed', detail: reason }
  return disagreed(`it is listed as an exception, but ${judgement.result}`)
}

/** @param {Vector} vector @param {Context} context @returns {Judgement} */
function judge(vector, context) {
  const { contract: label, verdict } = vector
  const entry = context.mapping.labels[label]
  if (entry === undefined) return disagreed('its label is not mapped')
  if (verdict === 'either' || verdict === 'out-of-scope')
    return { result: 'agreed', detail: verdict }
  if (entry.contract === null) return judgeForeign(vector, String(entry.why), context)
  const header = entry.headers?.find((candidate) => stands(vector, candidate))
  if (header !== undefined) return judgeRead(vector, { ...entry, ...header }, context)
  const unread = Object.entries(entry.unread ?? {})
  const [, reason] = unread.find(([name]) => matches(vector.header, name)) ?? []
  if (reason === undefined) return disagreed('its header is not mapped')
  return { result: 'listed', detail: `the contract does not read this header: ${reason}` }
}

/**
 * @param {Vector} vector
 * @param {LabelEntry & HeaderEntry} entry
 * @param {Context} context
 * @returns {Judgement}
 */
function judgeRead(vector, entry, { mapping: { certificate }, factories, grammars }) {
  const { verdict } = vector
  const factory = factories[`${entry.contract}`]
  /* c8 ignore next -- every contract of the table is there */
  if (factory === undefined) return disagreed(`@peergate/core has no ${entry.contract}`)
  const elements = readElements(vector, grammars[entry.grammar ?? ''])
  const outcomes = topologiesOf(elements).map((topology) =>
    readVector(vector, { factory, reader: entry, name: entry.is, certificate }, topology),
  )
  const detail = outcomes.join(', ')
  if (outcomes.every((outcome) => isVerdict(outcome, verdict))) return { result: 'agreed', detail }
  const isMock = verdict === 'accept' && elements?.some(isMadeUp) === true
  return isMock ? { result: 'agreed', detail, isMock } : disagreed(`Peergate says ${detail}`)
}

/**
 * What is no contract’s must be refused by each that reads a header of its name.
 *
 * @param {Vector} vector
 * @param {string} why
 * @param {Context} context
 * @returns {Judgement}
 */
function judgeForeign(vector, why, { mapping, factories }) {
  const name = vector.header.toLowerCase()
  for (const { contract, options } of Object.values(mapping.labels)) {
    const made = factories[contract ?? '']?.(options)
    if (made === undefined || !made.headers.some((header) => header.name === name)) continue
    const outcome = outcomeOf(made, [name, vector.value])
    if (isVerdict(outcome, 'accept')) return disagreed(`${contract} reads it`)
  }
  if (isVerdict('reject', vector.verdict)) return { result: 'agreed', detail: why }
  return { result: 'listed', detail: why }
}

/** @param {string} detail @returns {Judgement} */
function disagreed(detail) {
  return { result: 'disagreed', detail }
}

/** @param {Vector} vector @param {HeaderEntry} entry */
function stands({ header, value }, entry) {
  return matches(header, entry.name) && (entry.value === undefined || matches(value, entry.value))
}

/** @param {string} text @param {string} pattern */
function matches(text, pattern) {
  return new RegExp(pattern, 'iu').test(text)
}

/**
 * `accept` means that a value decodes, whoever vouches for it.
 *
 * @param {Outcome} outcome
 * @param {string} verdict
 */
function isVerdict(outcome, verdict) {
  if (outcome === 'asserted') return verdict === 'accept' || verdict === 'unverified'
  return outcome === verdict
}

/**
 * The elements of all lines; one where they cannot be told, null where there is no grammar.
 *
 * @param {Vector} vector
 * @param {Grammar | undefined} grammar
 * @returns {readonly (Element | null)[] | null}
 */
function readElements({ header, value, values }, grammar) {
  if (grammar === undefined) return null
  try {
    return (values ?? [value]).flatMap((line) => grammar(header, line))
  } catch {
    return [null]
  }
}

/**
 * A topology with as many elements, for each of its hops.
 *
 * @param {readonly unknown[] | null} elements
 */
function topologiesOf(elements) {
  if (elements === null) return [{}]
  const hops = Array.from({ length: Math.max(elements.length, 1) }, (_, index) => index + 1)
  return hops.map((hop) => ({ elements: hops.length, hop }))
}

/**
 * Whether an element was made up: its hash is none, or its certificate is no PEM. Test helpers in Go
 * and Java write a plus into it, which Envoy never does.
 *
 * @param {Element | null} element
 */
function isMadeUp(element) {
  if (element === null) return false
  const { hash, certificate, chain } = element
  if (hash !== null && !/^[\da-f]{64}$/iu.test(hash)) return true
  const texts = [certificate, chain].filter((pem) => pem !== null)
  return texts.some((pem) => !/-----BEGIN(?: |%20)CERTIFICATE-----/u.test(pem))
}
