// @ts-check
// One case: what a proxy sends, damaged in one of five ways, and what must come of it.
import { sha256 } from './clients.js'
import { damageBytes, damageLines, damageText } from './mutations.js'
import { check } from './check.js'
import { checkYield, readLines } from './properties.js'

/**
 * @typedef {import('../../packages/core/dist/index.js').PeerGateError} PeerGateError
 * @typedef {import('../../packages/core/dist/index.js').Forwarded} Forwarded
 * @typedef {import('../../packages/core/dist/index.js').ProxyContract} ProxyContract
 * @typedef {import('./clients.js').Client} Client
 * @typedef {import('./contract-samples.js').Lines} Lines
 * @typedef {import('./contract-samples.js').Sample} Sample
 * @typedef {import('../../packages/core/.build/test/support/seeded-random.js').SeededRandom} SeededRandom
 *
 * @typedef {object} Case
 * @property {Kind} kind
 * @property {Lines} lines
 * @property {Client} client whom the lines are of
 * @property {Client} sent the client as the lines have him
 *
 * @typedef {'whole' | 'leaf' | 'chain' | 'text' | 'lines'} Kind
 */

/** @type {readonly [Kind, ...Kind[]]} */
const kinds = ['whole', 'leaf', 'leaf', 'chain', 'text', 'text', 'text', 'text', 'text', 'lines']

/**
 * @param {Sample} sample
 * @param {readonly Client[]} clients
 * @param {SeededRandom} random
 * @returns {Case}
 */
export function createCase(sample, clients, random) {
  const [client, other] = [random.below(clients.length), random.below(clients.length)].map(
    (at) => /** @type {Client} */ (clients[at]),
  )
  if (client === undefined || other === undefined) throw new Error('there are no clients')
  const kind = random.pick(kinds)
  const sent = damageClient(kind, client, random)
  const lines = sample.linesOf(sent, random)
  const others = sample.linesOf(other, random)
  if (kind === 'lines') return { kind, client, sent, lines: damageLines(lines, others, random) }
  if (kind !== 'text') return { kind, client, sent, lines }
  const at = random.below(lines.length)
  const [name, value] = lines[at] ?? ['', '']
  const damaged = damageText(value, others[at % others.length]?.[1] ?? '', random)
  return { kind, client, sent, lines: lines.toSpliced(at, 1, [name, damaged]) }
}

/**
 * @param {Kind} kind
 * @param {Client} client
 * @param {SeededRandom} random
 * @returns {Client}
 */
function damageClient(kind, client, random) {
  if (kind === 'leaf') {
    const leaf = damageBytes(client.leaf, random)
    return { ...client, leaf, digest: random.once(2) ? client.digest : sha256(leaf) }
  }
  if (kind !== 'chain') return client
  const at = random.below(client.chain.length)
  const damaged = damageBytes(client.chain[at] ?? Uint8Array.of(), random)
  return { ...client, chain: client.chain.with(at, damaged) }
}

/**
 * Lets the contract read a case, and checks what comes of it. Returns that.
 *
 * @param {ProxyContract} contract
 * @param {Sample} sample
 * @param {Case} made
 * @returns {Forwarded | PeerGateError}
 */
export function checkCase(contract, sample, { kind, lines, client, sent }) {
  const outcome = readLines(contract, lines)
  const isRefused = outcome instanceof Error
  if (kind === 'whole') check(!isRefused, 'refuses what the proxy sends')
  if (isRefused) return outcome
  checkYield(outcome, { contract, sample, lines, client, isMoved: kind === 'lines' })
  sample.check?.(outcome, lines)
  if (kind === 'text' || kind === 'lines') return outcome
  check('leaf' in outcome === (sample.yields === 'certificate'), 'yields something else')
  if ('leaf' in outcome) checkCertificates(outcome, sample, sent)
  else checkNames(outcome, sample, sent)
  return outcome
}

/**
 * Nothing but the bytes that were sent, and only where the hash was theirs.
 *
 * @param {import('../../packages/core/dist/index.js').ForwardedCertificate} forwarded
 * @param {Sample} sample
 * @param {Client} sent
 */
function checkCertificates({ leaf, chain }, { sendsChain, hasDigest }, sent) {
  check(Buffer.compare(leaf, sent.leaf) === 0, 'yields another certificate than was sent')
  const isDigest = hasDigest !== true || sha256(leaf) === sent.digest
  check(isDigest, 'yields a certificate with the hash of another')
  const sentChain = sendsChain === true ? sent.chain : []
  const isChain = Buffer.compare(Buffer.concat(chain), Buffer.concat(sentChain)) === 0
  check(isChain, 'yields another chain than was sent')
}

/**
 * @param {import('../../packages/core/dist/index.js').AssertedIdentity} asserted
 * @param {Sample} sample
 * @param {Client} sent
 */
function checkNames({ names }, { namesOf }, sent) {
  const values = names.map(textOf)
  const expected = namesOf?.(sent) ?? []
  const isSame = values.toSorted().join(' ') === expected.toSorted().join(' ')
  check(isSame, 'yields other names than were sent')
}

/** @param {import('../../packages/core/dist/index.js').SubjectAlternativeName} name */
function textOf(name) {
  return 'value' in name && typeof name.value === 'string' ? name.value : name.type
}
