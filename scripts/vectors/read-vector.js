// @ts-check
// Lets the contract that a vector's label is mapped to read the vector, and says what comes of it.
import { collectHeaders } from '../../packages/core/dist/contract/collect-headers.js'
import { PeerGateError } from '../../packages/core/dist/index.js'

/**
 * @typedef {import('../../packages/core/dist/index.js').ProxyContract} ProxyContract
 * @typedef {(options?: object) => ProxyContract} Factory
 * @typedef {Readonly<Record<string, string>>} Texts
 *
 * @typedef {object} Vector
 * @property {string} id
 * @property {string} contract the label
 * @property {string} header
 * @property {string} value
 * @property {readonly string[]} [values] the lines, where there were several
 * @property {string} verdict
 * @property {string} [layer]
 *
 * @typedef {object} Reader
 * @property {object} [options]
 * @property {object} [policy] options that are stricter by default, for rejects of the layer `policy`
 * @property {Texts} [companions] what else the proxy sends of a client, by header
 *
 * @typedef {'accept' | 'asserted' | 'absent' | 'reject' | 'unverified'} Outcome
 */

/**
 * What the contract says of a vector that stands for its header `name`. Companions stand beside it,
 * unless the client is to be absent, or the policy is to refuse what stands alone.
 *
 * @param {Vector} vector
 * @param {{ factory: Factory, reader: Reader, name: string, certificate: string }} mapping
 * @param {object} [topology]
 * @returns {Outcome}
 */
export function readVector(vector, { factory, reader, name, certificate }, topology) {
  const isPolicy = vector.layer === 'policy'
  const isAlone = isPolicy || vector.verdict === 'absent'
  const contract = factory({ ...reader.options, ...(isPolicy ? reader.policy : {}), ...topology })
  const companions = Object.entries(isAlone ? {} : (reader.companions ?? {}))
    .filter(([header]) => header !== name)
    .flatMap(([header, text]) => [header, fillIn(text, certificate)])
  const lines = (vector.values ?? [vector.value]).flatMap((line) => [name, line])
  // Behind what nginx sets stands what it always sets.
  return outcomeOf(contract, [...lines, ...companions, 'host', 'localhost'])
}

/**
 * @param {ProxyContract} contract
 * @param {readonly string[]} rawHeaders
 * @returns {Outcome}
 */
export function outcomeOf(contract, rawHeaders) {
  try {
    const { assurance } = contract.read(collectHeaders(rawHeaders, contract.headers))
    return assurance === 'proxy-verified' ? 'accept' : 'asserted'
  } catch (error) {
    /* c8 ignore next -- a contract that throws anything else ends the script */
    if (!(error instanceof PeerGateError)) throw error
    if (error.code === 'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING') return 'absent'
    if (error.code === 'ERR_PEERGATE_FORWARDED_IDENTITY_UNVERIFIED') return 'unverified'
    return 'reject'
  }
}

/**
 * The text with the certificate in the encoding that it asks for.
 *
 * @param {string} text
 * @param {string} certificate in base64
 */
function fillIn(text, certificate) {
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/.{64}/gu, '$&\n')}\n-----END CERTIFICATE-----\n`
  return text
    .replace('{base64}', certificate)
    .replace('{percent}', encodeURIComponent(pem))
    .replace('{spaced}', pem.replaceAll('\n', ' '))
}
