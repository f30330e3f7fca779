// @ts-check
// What must hold of everything that a contract says, whatever it was given. Each rule that does not is
// thrown as a sentence.
import { PeerGateError, parseCertificate } from '../../packages/core/dist/index.js'
import { collectHeaders } from '../../packages/core/dist/contract/collect-headers.js'
import { check, Counterexample } from './check.js'
import { base64 } from './encodings.js'

/**
 * @typedef {import('../../packages/core/dist/index.js').Forwarded} Forwarded
 * @typedef {import('../../packages/core/dist/index.js').ForwardedCertificate} ForwardedCertificate
 * @typedef {import('../../packages/core/dist/index.js').ProxyContract} ProxyContract
 * @typedef {import('./clients.js').Client} Client
 * @typedef {import('./contract-samples.js').Lines} Lines
 * @typedef {import('./contract-samples.js').Sample} Sample
 */

/**
 * What the contract makes of the lines: what it yields, or its refusal. Throws for all else.
 *
 * @param {ProxyContract} contract
 * @param {Lines} lines
 * @returns {Forwarded | PeerGateError}
 */
export function readLines(contract, lines) {
  try {
    return contract.read(collectHeaders(lines.flat(), contract.headers))
  } catch (error) {
    if (!(error instanceof PeerGateError)) {
      throw new Counterexample('throws what is no PeerGateError', { cause: error })
    }
    check(error.code.startsWith('ERR_PEERGATE_FORWARDED_IDENTITY_'), `refuses with ${error.code}`)
    return error
  }
}

/**
 * Of what a contract yields, everything must have been sent, and in the place where it counts.
 *
 * @param {Forwarded} forwarded
 * @param {{ contract: ProxyContract, sample: Sample, lines: Lines, client: Client, isMoved: boolean }} given `isMoved`: whole values
 * may stand in the headers of others
 */
export function checkYield(forwarded, { contract, sample, lines, client, isMoved }) {
  checkSpelling(contract, lines)
  check(forwarded.assurance === sample.assurance, `has the assurance ${forwarded.assurance}`)
  const texts = lines.map(([, value]) => value)
  if ('leaf' in forwarded) {
    checkSignals(sample, lines)
    checkLeaf(forwarded, texts)
    checkPromotion(forwarded, texts, { client, isMoved })
    checkFacts(forwarded.leaf, client)
    checkNumber(sample, texts)
    return
  }
  for (const name of forwarded.names) {
    check('value' in name && typeof name.value === 'string', 'yields a name of another type')
    check(isWritten(name.value, texts), `yields a name that was not sent: ${name.value}`)
  }
  const digest = forwarded.fingerprint256?.replaceAll(':', '') ?? ''
  check(
    texts.some((text) => text.toUpperCase().includes(digest)),
    'yields a hash that was not sent',
  )
}

/**
 * A header in another spelling is another header to Node, and may be the same to the proxy.
 *
 * @param {ProxyContract} contract
 * @param {Lines} lines
 */
function checkSpelling({ headers }, lines) {
  const names = lines.map(([name]) => name.toLowerCase())
  const isPlain = names.every((name) => {
    const folded = foldName(name)
    return folded === name || !headers.some((header) => header.name === folded)
  })
  check(isPlain, 'yields, although a header is spelt in another way')
}

/**
 * A verdict counts if it was sent once, and says exactly yes.
 *
 * @param {Sample} sample
 * @param {Lines} lines
 */
function checkSignals({ signals = {} }, lines) {
  for (const [header, yes] of Object.entries(signals)) {
    const said = lines.filter(([name]) => foldName(name) === header).map(([, text]) => text)
    check(
      said.length === 1 && yes.includes(said[0] ?? ''),
      `yields, although ${header} is ${said.join(' and ')}`,
    )
  }
}

/** @param {string} name */
function foldName(name) {
  return name.toLowerCase().replaceAll(/[^a-z\d]/gu, '-')
}

/**
 * @param {ForwardedCertificate} forwarded
 * @param {readonly string[]} texts
 */
function checkLeaf({ leaf, chain }, texts) {
  check(leaf instanceof Uint8Array, 'yields no certificate')
  check(chain.length <= 10, 'yields more than 10 certificates of a chain')
  for (const der of [leaf, ...chain])
    check(isWhole(der), 'yields what is not exactly one certificate')
  const written = base64(leaf)
  const isSent = texts.some((text) => flatten(text).includes(written))
  check(isSent, 'yields a certificate that was not sent')
}

/**
 * While anything is left of the client’s own certificate, it was damaged and not left out, and no other
 * one of its chain may take its place.
 *
 * @param {ForwardedCertificate} forwarded
 * @param {readonly string[]} texts
 * @param {{ client: Client, isMoved: boolean }} given
 */
function checkPromotion({ leaf }, texts, { client, isMoved }) {
  const flat = texts.map(flatten).join(' ')
  if (!client.chain.some((der) => Buffer.compare(der, leaf) === 0)) return
  if (isMoved && flat.includes(base64(client.leaf))) return
  const isLeft = tracesOf(client).some((trace) => flat.includes(trace))
  check(!isLeft, 'takes the next certificate for a leaf that is damaged')
}

/**
 * A second certificate is not passed over.
 *
 * @param {Sample} sample
 * @param {readonly string[]} texts
 */
function checkNumber({ sendsChain, check: own }, texts) {
  if (sendsChain === true || own !== undefined) return
  const blocks = texts.map(flatten).join(' ').split('-----BEGINCERTIFICATE-----').length - 1
  check(blocks <= 1, `yields one of ${blocks} certificates`)
}

/** A SEQUENCE that is as long as it says, read by other means than the contract’s. @param {Uint8Array} der */
function isWhole(der) {
  const [tag, first = 0, ...rest] = der.subarray(0, 5)
  const isShort = first < 0x80
  const digits = isShort ? [first] : rest.slice(0, first - 0x80)
  const length = digits.reduce((sum, byte) => sum * 256 + byte, 0)
  return tag === 0x30 && length + (isShort ? 2 : 2 + digits.length) === der.length
}

/** The text with all escapes undone and without blanks, so that base64 is in one piece. @param {string} text */
function flatten(text) {
  return text
    .replaceAll(/%([\da-f]{2})/giu, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replaceAll(/\\u([\da-f]{4})/giu, (_, digits) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    )
    .replaceAll(/\\[nr]/gu, '')
    .replaceAll('\\/', '/')
    .replaceAll(/\s/gu, '')
}

/** Pieces of the leaf that no other certificate has. @param {Client} client */
function tracesOf({ leaf, chain }) {
  const others = chain.map((der) => base64(der)).join(' ')
  const pieces = base64(leaf).match(/.{40}/gu) ?? []
  return pieces.filter((piece) => !others.includes(piece))
}

/** Another certificate is never taken for the client’s own. @param {Uint8Array} leaf @param {Client} client */
function checkFacts(leaf, client) {
  if (Buffer.compare(leaf, client.leaf) === 0) return
  try {
    const { fingerprint256 } = parseCertificate(leaf)
    const own = parseCertificate(client.leaf).fingerprint256
    check(fingerprint256 !== own, 'has the fingerprint of another certificate')
  } catch (error) {
    if (error instanceof PeerGateError) return
    throw error
  }
}

/**
 * Whether a name is a whole value of its key, a whole string of JSON, or all that was sent.
 *
 * @param {string} name
 * @param {readonly string[]} texts
 */
function isWritten(name, texts) {
  return texts.some((text) => {
    const isPair = text
      .split(/[,;]/u)
      .some((part) => /^ *(?:uri|dns)=/iu.test(part) && part.endsWith(`=${name}`))
    return isPair || text.includes(`="${name}"`) || text === name || stringsOf(text).has(name)
  })
}

/** All strings in what may be JSON. @param {string} text @returns {ReadonlySet<unknown>} */
function stringsOf(text) {
  const strings = new Set()
  try {
    JSON.parse(text, (_, value) => strings.add(value))
  } catch {
    // It is no JSON.
  }
  return strings
}
