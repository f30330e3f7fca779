// @ts-check
// What each proxy sends for a client, by the factory of its contract. Every contract that core exports
// must be here.
import { check } from './check.js'
import { base64, item, list, partly, percent, spaced } from './encodings.js'
import { checkText } from './xfcc-oracle.js'
import { xfccJsonSamples, xfccSamples } from './xfcc-samples.js'

/**
 * @typedef {import('../../packages/core/dist/index.js').Forwarded} Forwarded
 * @typedef {import('./clients.js').Client} Client
 * @typedef {import('../../packages/core/.build/test/support/seeded-random.js').SeededRandom} SeededRandom
 * @typedef {readonly (readonly [name: string, value: string])[]} Lines
 *
 * @typedef {object} Sample
 * @property {object} [options]
 * @property {'proxy-asserted' | 'proxy-verified'} assurance
 * @property {'certificate' | 'names'} yields
 * @property {(client: Client) => readonly string[]} [namesOf]
 * @property {boolean} [sendsChain]
 * @property {boolean} [hasDigest] whether the leaf must be the one that the digest is of
 * @property {Readonly<Record<string, readonly string[]>>} [signals] the values of a header that let the leaf count
 * @property {(client: Client, random: SeededRandom) => Lines} linesOf
 * @property {(forwarded: Forwarded, lines: Lines) => void} [check] what else must hold
 */

const verified = /** @type {const} */ ({ assurance: 'proxy-verified', yields: 'certificate' })
const asserted = /** @type {const} */ ({ assurance: 'proxy-asserted', yields: 'certificate' })
const stated = /** @type {const} */ ({ ...verified, options: { proxyVerifies: true } })
const never = /** @type {const} */ ({ ...asserted, options: { proxyVerifies: false } })
const success = { 'x-verify': ['SUCCESS'] }

/** @type {Readonly<Record<string, readonly Sample[]>>} */
export const contractSamples = {
  akamai: [{ ...stated, linesOf: ({ leaf }) => [['AKAMAI-CC-DER', item(leaf)]] }],
  apache: [
    {
      ...verified,
      options: { certificate: 'X-Cert', verify: 'X-Verify', session: 'X-Session' },
      signals: {
        'x-verify': ['SUCCESS'],
        'x-session': ['TLSv1.2 Initial', 'TLSv1.3 Initial', 'TLSv1.3 Resumed'],
      },
      linesOf: ({ leaf }, random) => [
        ['X-Session', random.once(2) ? 'TLSv1.3 Initial' : 'TLSv1.2 Initial'],
        ['X-Cert', `${spaced(leaf)}${random.once(2) ? ' ' : ''}`],
        ['X-Verify', 'SUCCESS'],
      ],
    },
  ],
  awsAlbPassthrough: [
    {
      ...never,
      sendsChain: true,
      linesOf: ({ leaf, chain }) => [['X-Amzn-Mtls-Clientcert', partly(leaf, ...chain)]],
    },
  ],
  awsAlbVerify: [
    { ...verified, linesOf: ({ leaf }) => [['X-Amzn-Mtls-Clientcert-Leaf', partly(leaf)]] },
  ],
  azureAppService: [{ ...never, linesOf: ({ leaf }) => [['X-ARR-ClientCert', base64(leaf)]] }],
  azureApplicationGateway: [
    {
      ...verified,
      options: { certificate: 'X-Cert', verification: 'X-Verify' },
      signals: success,
      linesOf: ({ leaf }) => [
        ['X-Cert', percent(leaf)],
        ['X-Verify', 'SUCCESS'],
      ],
    },
  ],
  azureContainerApps: [
    {
      ...never,
      sendsChain: true,
      hasDigest: true,
      check: checkContainerApps,
      linesOf: ({ leaf, chain, digest }) => [
        [
          'X-Forwarded-Client-Cert',
          `Hash=${digest};Cert="${percent(leaf)}";Chain="${percent(leaf, ...chain)}";`,
        ],
      ],
    },
  ],
  caddy: [
    {
      ...asserted,
      options: { certificate: 'X-Cert', proxyVerifies: false },
      linesOf: ({ leaf }) => [['X-Cert', base64(leaf)]],
    },
  ],
  cloudFoundry: [{ ...stated, linesOf: ({ leaf }) => [['X-Forwarded-Client-Cert', base64(leaf)]] }],
  cloudflare: [
    {
      ...stated,
      hasDigest: true,
      linesOf: ({ leaf, digest }) => [
        ['Cf-Client-Cert-Der-Base64', base64(leaf)],
        ['Cf-Client-Cert-Sha256', digest],
      ],
    },
    {
      ...verified,
      options: { tlsClientAuthHeaders: true },
      signals: { 'cf-cert-verified': ['true'], 'cf-cert-revoked': ['false'] },
      linesOf: ({ leaf }) => [
        ['Cf-Client-Cert-Der-Base64', base64(leaf)],
        ['cf-cert-verified', 'true'],
        ['cf-cert-revoked', 'false'],
      ],
    },
  ],
  cloudfront: [
    {
      ...stated,
      hasDigest: true,
      signals: { 'cloudfront-viewer-cert-present': ['1'] },
      linesOf: ({ leaf, digest }) => [
        ['CloudFront-Viewer-Cert-Present', '1'],
        ['CloudFront-Viewer-Cert-Pem', partly(leaf)],
        ['CloudFront-Viewer-Cert-Sha256', digest],
      ],
    },
  ],
  customContract: [
    {
      ...verified,
      options: {
        name: 'edge',
        certificate: { header: 'X-Cert', encoding: 'spaced-pem' },
        chain: { header: 'X-Chain', encoding: 'structured-field' },
        verify: { header: 'X-Verify', success: 'SUCCESS' },
      },
      sendsChain: true,
      signals: success,
      linesOf: ({ leaf, chain }) => [
        ['X-Cert', spaced(leaf)],
        ['X-Chain', list(...chain)],
        ['X-Verify', 'SUCCESS'],
      ],
    },
    {
      ...asserted,
      options: {
        name: 'edge',
        certificate: { header: 'X-Cert', encoding: 'structured-field' },
        chain: { header: 'X-Chain', encoding: 'percent-pem' },
        proxyVerifies: false,
      },
      sendsChain: true,
      linesOf: ({ leaf, chain }) => [
        ['X-Cert', item(leaf)],
        ['X-Chain', percent(...chain)],
      ],
    },
  ],
  envoyXfcc: xfccSamples,
  envoyXfccJson: xfccJsonSamples,
  gcp: [
    {
      ...verified,
      options: { leaf: 'X-Leaf', present: 'X-Present', verified: 'X-Verified', chain: 'X-Chain' },
      sendsChain: true,
      signals: { 'x-present': ['true'], 'x-verified': ['true'] },
      linesOf: ({ leaf, chain }) => [
        ['X-Leaf', item(leaf)],
        ['X-Present', 'true'],
        ['X-Verified', 'true'],
        ['X-Chain', list(...chain)],
      ],
    },
  ],
  haproxy: [
    {
      ...verified,
      options: { certificate: 'X-Cert', used: 'X-Used', verify: 'X-Verify', chain: 'X-Chain' },
      sendsChain: true,
      signals: { 'x-used': ['1'], 'x-verify': ['0'] },
      linesOf: ({ leaf, chain }) => [
        ['X-Cert', base64(leaf)],
        ['X-Used', '1'],
        ['X-Verify', '0'],
        ['X-Chain', base64(...chain)],
      ],
    },
  ],
  ingressNginx: [
    {
      ...verified,
      signals: { 'ssl-client-verify': ['SUCCESS'] },
      linesOf: ({ leaf }) => [
        ['ssl-client-cert', percent(leaf)],
        ['ssl-client-verify', 'SUCCESS'],
      ],
    },
  ],
  linkerd: [
    {
      assurance: 'proxy-verified',
      yields: 'names',
      namesOf: linkerdNames,
      linesOf: (client) => [['l5d-client-id', linkerdNames(client).join()]],
    },
  ],
  nginx: [
    {
      ...verified,
      options: { certificate: 'X-Cert', verify: 'X-Verify' },
      signals: success,
      check: checkNginx,
      linesOf: ({ leaf }) => [
        ['X-Cert', percent(leaf)],
        ['X-Verify', 'SUCCESS'],
        ['Host', 'localhost'],
      ],
    },
  ],
  rfc9440: [
    {
      ...stated,
      sendsChain: true,
      linesOf({ leaf, chain }, random) {
        const members = random.once(2) ? [list(...chain)] : chain.map(item)
        return [['Client-Cert', item(leaf)], ...members.map(chainLine)]
      },
    },
  ],
  traefik: [
    {
      ...stated,
      sendsChain: true,
      linesOf: ({ leaf, chain }) => [
        ['X-Forwarded-Tls-Client-Cert', [leaf, ...chain].map((der) => base64(der)).join(',')],
      ],
    },
  ],
}

/** @param {Forwarded} forwarded @param {Lines} lines */
function checkContainerApps(forwarded, [[name, text] = ['', '']]) {
  checkText(forwarded, [[name, text.replace(/;$/u, '')]], { elements: 1, hop: 1 })
}

/** What nginx passes on stands behind what it sets itself. @param {Forwarded} _ @param {Lines} lines */
function checkNginx(_, lines) {
  const names = lines.map(([name]) => name.toLowerCase())
  const last = names.lastIndexOf('host')
  const isBefore = ['x-cert', 'x-verify'].every((name) => names.indexOf(name) < last)
  check(isBefore, 'yields what stands behind Host')
}

/** @param {Client} client */
function linkerdNames({ uris, dns }) {
  return [...dns, ...uris].slice(0, 1)
}

/** @param {string} member @returns {readonly [string, string]} */
function chainLine(member) {
  return ['Client-Cert-Chain', member]
}
