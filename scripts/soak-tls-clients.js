// @ts-check
// The clients of soak-tls.js, in a process of their own. Each makes one request over a connection of
// its own; every tenth is a stranger, whom the server has to refuse. The process fails at the first
// connection that does not come out as it should.
import { connect, createSecureContext } from 'node:tls'

/**
 * @typedef {object} Order
 * @property {number} count
 * @property {number} port
 * @property {string} ca
 * @property {Credentials} worker
 * @property {Credentials} stranger
 *
 * @typedef {object} Credentials
 * @property {string} cert
 * @property {string} key
 */

/** How many connections are open at a time: enough that neither side waits for the other. */
const lanes = 8
const patience = 10_000
const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

process.on('message', (/** @type {Order} */ order) => {
  void connectAll(order).then(() => process.send?.('done'))
})

/** @param {Order} order */
async function connectAll({ count, port, ca, ...credentials }) {
  // One key exchange on every Node: newer ones would choose another, which costs more.
  const shared = { ca, ecdhCurve: 'X25519' }
  const worker = createSecureContext({ ...shared, ...credentials.worker })
  const stranger = createSecureContext({ ...shared, ...credentials.stranger })
  let begun = 0
  async function runLane() {
    while (begun < count) {
      begun += 1
      const isStranger = begun % 10 === 0
      const answer = await ask(port, isStranger ? stranger : worker)
      if (answer !== (isStranger ? null : 'HTTP/1.1 200 OK')) {
        throw new Error(`${isStranger ? 'a stranger' : 'the worker'} was answered ${answer}`)
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, runLane))
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
