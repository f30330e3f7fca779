// @ts-check
// A second reader of what Envoy sends, character by character, to hold the first one to.
import { base64 } from './encodings.js'
import { check } from './check.js'

/**
 * @typedef {import('../../packages/core/dist/index.js').Forwarded} Forwarded
 * @typedef {import('./contract-samples.js').Lines} Lines
 * @typedef {Pick<import('./xfcc-samples.js').Topology, 'elements' | 'hop'>} Topology
 *
 * @typedef {object} Told what an element says
 * @property {readonly (string | undefined)[]} hashes
 * @property {readonly string[]} leaves the first certificate of Cert and of Chain, in base64
 * @property {readonly string[]} names
 */

const singletons = ['hash', 'cert', 'chain', 'subject', 'issuer']

/**
 * @param {Forwarded} forwarded
 * @param {Lines} lines
 * @param {Topology} topology
 */
export function checkText(forwarded, lines, { elements, hop }) {
  const all = lines.flatMap(([, line]) => split(line, ','))
  check(all.length === elements, `yields, although there are ${all.length} elements`)
  const pairs = all.map((element) => split(element.trimStart(), ';').map(readPair))
  for (const key of singletons) {
    const isOnce = pairs.every((own) => valuesOf(own, key).length <= 1)
    check(isOnce, `yields, although an element has ${key} twice`)
  }
  const own = pairs.at(-hop) ?? []
  compare(forwarded, {
    hashes: valuesOf(own, 'hash'),
    leaves: [...valuesOf(own, 'cert'), ...valuesOf(own, 'chain')].map((pem) =>
      firstOf(unescape(pem)),
    ),
    names: [...valuesOf(own, 'uri'), ...valuesOf(own, 'dns')],
  })
}

/**
 * @param {Forwarded} forwarded
 * @param {Lines} lines
 * @param {Topology} topology
 */
export function checkJson(forwarded, [[, text] = ['', '']], { elements, hop }) {
  const all = JSON.parse(text)
  check(all.length === elements, `yields, although there are ${all.length} elements`)
  const colons = split(text, ':').length - 1
  check(countMembers(all) === colons, 'yields, although an object has a member twice')
  const { hash, cert = [], chain = [], uri = [], dns = [] } = all.at(-hop)
  compare(forwarded, {
    hashes: hash === undefined ? [] : [hash],
    leaves: [cert, chain.join('')]
      .flat()
      .filter((pem) => pem !== '')
      .map(firstOf),
    names: [...uri, ...dns],
  })
}

/**
 * @param {Forwarded} forwarded
 * @param {Told} told
 */
function compare(forwarded, { hashes, leaves, names }) {
  if ('leaf' in forwarded) {
    const written = base64(forwarded.leaf)
    const isLeaf = leaves.length > 0 && leaves.every((leaf) => leaf === written)
    check(isLeaf, 'yields another certificate than the element has')
    return
  }
  check(leaves.length === 0, 'yields names beside a certificate')
  const found = forwarded.names.map((name) => ('value' in name ? name.value : null))
  const expected = names.filter((name) => name !== '')
  check(
    JSON.stringify(found) === JSON.stringify(expected),
    'yields other names than the element has',
  )
  const hash = forwarded.fingerprint256?.replaceAll(':', '').toLowerCase()
  check(hash === hashes[0]?.toLowerCase(), 'yields another hash than the element has')
}

/**
 * The parts of a text between separators that are not in quotes, in which a backslash hides a quote.
 *
 * @param {string} text
 * @param {string} separator
 */
function split(text, separator) {
  const parts = []
  let begin = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') isQuoted = !isQuoted
    else if (isQuoted && character === '\\') at += 1
    else if (!isQuoted && character === separator) {
      parts.push(text.slice(begin, at))
      begin = at + 1
    }
  }
  check(!isQuoted, 'yields, although a quote is not closed')
  return [...parts, text.slice(begin)]
}

/** @param {string} pair @returns {readonly [key: string, value: string]} */
function readPair(pair) {
  const at = pair.indexOf('=')
  check(at > 0, 'yields, although there is no key')
  const key = pair.slice(0, at)
  check(!/[\s"\\]/u.test(key), 'yields, although a key is none')
  const value = pair.slice(at + 1)
  const inner = value.startsWith('"') ? value.slice(1, -1) : value
  const isWhole = value.startsWith('"') ? value.endsWith('"') : !value.includes('"')
  check(isWhole, 'yields, although a value is not wholly in quotes')
  return [key.toLowerCase(), inner]
}

/** @param {readonly (readonly [key: string, value: string])[]} pairs @param {string} key */
function valuesOf(pairs, key) {
  return pairs.filter(([own]) => own === key).map(([, value]) => value)
}

/** @param {string} text */
function unescape(text) {
  return text.replaceAll(/%([\da-f]{2})/giu, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
}

/** The base64 of the first block. @param {string} pem */
function firstOf(pem) {
  const [, body = ''] = pem.split('-----BEGIN CERTIFICATE-----')
  return (body.split('-----')[0] ?? '').replaceAll(/\s/gu, '')
}

/** How many members all objects have, of which those that differ in case alone are one. @param {unknown} value @returns {number} */
function countMembers(value) {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value)
    ? 0
    : new Set(Object.keys(value).map((key) => key.toLowerCase())).size
  return Object.values(value).reduce((sum, inner) => sum + countMembers(inner), own)
}
