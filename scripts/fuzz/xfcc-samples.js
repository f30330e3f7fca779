// @ts-check
// What Envoy sends, in both of its forms, with other proxies’ elements around the client’s.
import { pem, percent } from './encodings.js'
import { checkJson, checkText } from './xfcc-oracle.js'

/**
 * @typedef {import('./clients.js').Client} Client
 * @typedef {import('./contract-samples.js').Lines} Lines
 * @typedef {import('./contract-samples.js').Sample} Sample
 * @typedef {import('../../packages/core/.build/test/support/seeded-random.js').SeededRandom} SeededRandom
 *
 * @typedef {object} Topology
 * @property {number} elements
 * @property {number} hop
 * @property {'optional' | 'required'} hash
 * @property {readonly ('certificate' | 'chain')[]} forwards
 */

const header = 'x-forwarded-client-cert'

/** @type {readonly Topology[]} */
const topologies = [
  { elements: 1, hop: 1, hash: 'required', forwards: ['certificate'] },
  { elements: 1, hop: 1, hash: 'required', forwards: ['certificate', 'chain'] },
  { elements: 3, hop: 2, hash: 'required', forwards: ['chain'] },
  { elements: 2, hop: 1, hash: 'required', forwards: [] },
  { elements: 2, hop: 2, hash: 'optional', forwards: [] },
]

/** @type {readonly Sample[]} */
export const xfccSamples = topologies.map((topology) => sampleOf(topology, textLines, checkText))

/** @type {readonly Sample[]} */
export const xfccJsonSamples = topologies.map((topology) =>
  sampleOf(topology, jsonLines, checkJson),
)

/**
 * @param {Topology} topology
 * @param {(clients: readonly Client[], topology: Topology, random: SeededRandom) => Lines} linesOf
 * @param {typeof checkText} checkForm
 * @returns {Sample}
 */
function sampleOf(topology, linesOf, checkForm) {
  const { elements, hop, hash, forwards } = topology
  return {
    options: { proxyVerifies: true, elements, hop, hash },
    assurance: 'proxy-verified',
    yields: forwards.length === 0 ? 'names' : 'certificate',
    namesOf: ({ uris, dns }) => [...uris, ...dns],
    sendsChain: forwards.includes('chain'),
    hasDigest: hash === 'required',
    check: (forwarded, lines) => checkForm(forwarded, lines, topology),
    linesOf: (client, random) => linesOf(around(client, topology, random), topology, random),
  }
}

/**
 * Each line is a part of the list, wherever it was broken.
 *
 * @param {readonly Client[]} clients
 * @param {Topology} topology
 * @param {SeededRandom} random
 * @returns {Lines}
 */
function textLines(clients, topology, random) {
  const elements = clients.map((client) => textElement(client, topology, random))
  if (random.once(4)) return elements.map((element) => [header, element])
  return [[header, elements.join(random.once(2) ? ',' : ', ')]]
}

/**
 * @param {readonly Client[]} clients
 * @param {Topology} topology
 * @returns {Lines}
 */
function jsonLines(clients, topology) {
  return [[header, JSON.stringify(clients.map((client) => jsonElement(client, topology)))]]
}

/**
 * The clients of all elements, of which `client` is the one that the hop is of.
 *
 * @param {Client} client
 * @param {Topology} topology
 * @param {SeededRandom} random
 */
function around(client, { elements, hop }, random) {
  const other = { ...client, uris: [`spiffe://mesh.example/${random.below(9)}`], dns: [] }
  return Array.from({ length: elements }, (_, at) => (elements - at === hop ? client : other))
}

/**
 * @param {Client} client
 * @param {Topology} topology
 * @param {SeededRandom} random
 */
function textElement({ leaf, chain, digest, uris, dns }, { hash, forwards }, random) {
  const pairs = [
    'By=spiffe://prod.example/proxy',
    ...(hash === 'required' ? [`Hash=${digest}`] : []),
    ...(forwards.includes('certificate') ? [`Cert="${percent(leaf)}"`] : []),
    ...(forwards.includes('chain') ? [`Chain="${percent(leaf, ...chain)}"`] : []),
    random.once(2) ? 'Subject=""' : 'Subject="CN=a\\, \\"b\\"\\; By\\=c,O=d\\\\"',
    ...(uris.length === 0 ? ['URI='] : uris.map((uri) => `URI=${uri}`)),
    ...dns.map((name) => `DNS=${name}`),
    ...(random.once(3) ? ['Next="a,b;c"', 'Issuer="CN=Inner"'] : []),
  ]
  return rotate(pairs, random.below(pairs.length))
    .map((pair) => (random.once(4) ? pair.replace(/^\w+/u, (key) => key.toUpperCase()) : pair))
    .join(';')
}

/**
 * @param {Client} client
 * @param {Topology} topology
 */
function jsonElement({ leaf, chain, digest, uris, dns }, { hash, forwards }) {
  return {
    by: ['spiffe://prod.example/proxy'],
    ...(hash === 'required' ? { hash: digest } : {}),
    ...(forwards.includes('certificate') ? { cert: pem(leaf) } : {}),
    ...(forwards.includes('chain') ? { chain: [leaf, ...chain].map((der) => pem(der)) } : {}),
    subject: 'CN=a\\, "b"; By=c',
    uri: uris,
    dns,
  }
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {number} by
 */
function rotate(items, by) {
  return [...items.slice(by), ...items.slice(0, by)]
}
