// @ts-check
// The clients of soak-ledger.js, in a process of their own. Each makes one request over a connection of
// its own, strangers each with a certificate of their own. The process fails at the first connection
// that does not come out as it should.
import { X509Certificate, generateKeyPairSync, sign } from 'node:crypto'
import { connect, createSecureContext } from 'node:tls'

/**
 * @typedef {object} Order
 * @property {'ours' | 'strangers'} who
 * @property {number} count
 * @property {number} port
 * @property {string} ca
 * @property {string} cert
 * @property {string} key
 * @property {string} answer
 */

/** How many connections are open at a time: enough that neither side waits for the other. */
const lanes = 8
const patience = 10_000
const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
/** The key of a CA that nobody knows. */
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
let minted = 0

process.on('message', (/** @type {Order} */ order) => {
  void connectAll(order).then(() => process.send?.('done'))
})

/** @param {Order} order */
async function connectAll({ who, count, port, ca, cert, key, answer }) {
  const mint = who === 'ours' ? () => cert : createMint(cert)
  let begun = 0
  async function runLane() {
    while (begun < count) {
      begun += 1
      // One key exchange on every Node: newer ones would choose another, which costs more.
      const secureContext = createSecureContext({ ca, cert: mint(), key, ecdhCurve: 'X25519' })
      const answered = await ask(port, secureContext)
      if (answered !== answer) throw new Error(`one of ${who} was answered ${answered}`)
    }
  }
  await Promise.all(Array.from({ length: lanes }, runLane))
}

/**
 * Mints certificates that are like `template` but for the serial number and the signature, which costs
 * one signature each.
 *
 * @param {string} template
 */
function createMint(template) {
  const der = new X509Certificate(template).raw
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue } (RFC 5280 §4.1)
  const { start } = readElement(der, 0)
  const signed = readElement(der, start)
  const algorithm = readElement(der, signed.end)
  const version = readElement(der, signed.start)
  const serialNumber = readElement(der, version.end)
  return () => {
    minted += 1
    const changed = Buffer.from(der)
    changed.writeUIntBE(minted, serialNumber.end - 6, 6)
    const tbs = changed.subarray(start, signed.end)
    const signature = sign('sha256', tbs, privateKey)
    const parts = [
      tbs,
      changed.subarray(signed.end, algorithm.end),
      encode(0x03, Buffer.concat([Buffer.of(0), signature])),
    ]
    const text = encode(0x30, Buffer.concat(parts)).toString('base64')
    return `-----BEGIN CERTIFICATE-----\n${text.replaceAll(/.{1,64}/gu, '$&\n')}-----END CERTIFICATE-----\n`
  }
}

/**
 * Where the content of a DER element starts and ends.
 *
 * @param {Buffer} der
 * @param {number} at
 */
function readElement(der, at) {
  const first = der.readUInt8(at + 1)
  if (first < 0x80) return { start: at + 2, end: at + 2 + first }
  const digits = first - 0x80
  const start = at + 2 + digits
  return { start, end: start + der.readUIntBE(at + 2, digits) }
}

/**
 * @param {number} tag
 * @param {Buffer} content less than 128 bytes, or 256 to 65,535
 */
function encode(tag, content) {
  const { length } = content
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}

/**
 * The first line of the answer; null where the connection ended without one.
 *
 * @param {number} port
 * @param {import('node:tls').SecureContext} secureContext
 * @returns {Promise<string | null>}
 */
async function ask(port, secureContext) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', secureContext })
    let answer = ''
    socket.on('data', (data) => (answer += data.toString()))
    socket.once('close', () => resolve(answer === '' ? null : (answer.split('\r\n')[0] ?? '')))
    // What the server cuts off ends with an error, too.
    socket.on('error', () => undefined)
    socket.setTimeout(patience, () => reject(new Error(`no end within ${patience} ms`)))
    socket.write(request)
  })
}
