// @ts-check
// A thousand clients, each with a connection and an agent of its own, and a tally of what they saw
// themselves.
import { once } from 'node:events'
import { Agent, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { createSecureContext } from 'node:tls'

/**
 * @typedef {'strict' | 'enforce'} Mode
 * @typedef {'reader' | 'nameless' | 'nobody' | 'expired' | 'untrusted' | 'revoked' | 'misused'} ClientName
 * @typedef {{ certificate: string, key: string }} Credentials
 *
 * @typedef {object} Visit
 * @property {ClientName} who
 * @property {string} what
 * @property {number} connections
 * @property {readonly (keyof typeof requirements)[]} paths what each connection asks for, one by one
 * @property {{ status: number, code: string | null }} answer to each of them
 *
 * @typedef {object} Sighting
 * @property {number} status
 * @property {string | null} code
 * @property {boolean} isNewConnection
 */

/** What each route needs. */
const requirements = {
  '/open': 'publicRoute',
  '/invoices/1': 'invoice:read',
  '/invoices/1/edit': 'invoice:write',
}

const allowed = { status: 200, code: null }
const missing = { status: 403, code: 'ERR_PEERGATE_IDENTITY_MISSING' }
const denied = { status: 403, code: 'ERR_PEERGATE_PERMISSION_DENIED' }

/** @param {string} fault */
const unaccepted = (fault) => ({ status: 401, code: `ERR_PEERGATE_CERTIFICATE_${fault}` })

/** @type {readonly Visit[]} */
export const visits = [
  visit('reader', 'with the permission', 300, repeat('/invoices/1', 4), allowed),
  visit('reader', 'without the permission', 150, repeat('/invoices/1/edit', 2), denied),
  visit('reader', 'on a public route', 100, repeat('/open', 3), allowed),
  visit('nameless', 'without the SAN', 100, repeat('/invoices/1', 2), missing),
  visit('nameless', 'without the SAN, on a public route', 50, repeat('/open', 2), allowed),
  visit('nobody', 'no certificate', 80, repeat('/invoices/1', 2), unaccepted('MISSING')),
  visit('expired', 'expired', 70, repeat('/invoices/1', 2), unaccepted('EXPIRED')),
  visit('untrusted', 'untrusted', 60, repeat('/open', 2), unaccepted('UNTRUSTED')),
  visit('revoked', 'revoked', 50, repeat('/invoices/1', 2), unaccepted('REVOKED')),
  visit('misused', 'wrong purpose', 40, repeat('/invoices/1', 2), unaccepted('PURPOSE_WRONG')),
]

/**
 * @param {ClientName} who
 * @param {string} what
 * @param {number} connections
 * @param {Visit['paths']} paths
 * @param {Visit['answer']} answer
 * @returns {Visit}
 */
function visit(who, what, connections, paths, answer) {
  return { who, what, connections, paths, answer }
}

/**
 * @template Value
 * @param {Value} value
 * @param {number} times
 * @returns {readonly Value[]}
 */
function repeat(value, times) {
  return Array.from({ length: times }, () => value)
}

/** How many clients are there at a time. */
const lanes = 8

/**
 * Makes all visits to one service, the kinds mixed evenly, and adds what the clients saw to `tally`.
 *
 * @param {object} options
 * @param {Mode} options.mode
 * @param {number} options.port
 * @param {string} options.serverCa
 * @param {(who: ClientName) => Credentials | null} options.credentialsOf
 * @param {Map<string, number>} tally
 */
export async function visitAll({ mode, port, serverCa, credentialsOf }, tally) {
  const contexts = new Map(
    visits.map(({ who }) => {
      const credentials = credentialsOf(who)
      const identity =
        credentials === null ? {} : { cert: credentials.certificate, key: credentials.key }
      return [who, createSecureContext({ ca: serverCa, ...identity })]
    }),
  )
  const queue = mixEvenly()
  async function runLane() {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const sightings = await connectAndAsk(
        { port, secureContext: contexts.get(next.who) },
        next.paths,
      )
      requireExpected(next, mode, sightings)
      count(next, mode, sightings, tally)
    }
  }
  await Promise.all(Array.from({ length: lanes }, runLane))
}

/** @returns {Visit[]} */
function mixEvenly() {
  return visits
    .flatMap((each) =>
      Array.from({ length: each.connections }, (_, index) => ({
        each,
        at: (index + 0.5) / each.connections,
      })),
    )
    .toSorted((one, other) => one.at - other.at)
    .map(({ each }) => each)
}

/**
 * What was seen of each request, up to the first that the connection did not survive.
 *
 * @param {Pick<import('node:https').AgentOptions, 'port' | 'secureContext'>} place
 * @param {readonly string[]} paths
 */
async function connectAndAsk(place, paths) {
  const options = { keepAlive: true, maxSockets: 1, maxCachedSessions: 0 }
  const agent = new Agent({ ...options, ...place, servername: 'localhost' })
  const target = { host: '127.0.0.1', port: place.port, agent }
  /** @type {Sighting[]} */
  const sightings = []
  try {
    for (const path of paths) sightings.push(await ask({ ...target, path }))
  } catch {
    // What the server cuts off in the handshake ends with one of several errors, or with none.
  }
  agent.destroy()
  return sightings
}

/**
 * @param {import('node:https').RequestOptions} options
 * @returns {Promise<Sighting>}
 */
async function ask(options) {
  const outgoing = request(options)
  outgoing.end()
  const [response] = /** @type {[import('node:http').IncomingMessage]} */ (
    await once(outgoing, 'response')
  )
  const body = await text(response)
  const isProblem = response.headers['content-type']?.startsWith('application/problem+json')
  return {
    status: Number(response.statusCode),
    code: isProblem === true ? JSON.parse(body).code : null,
    isNewConnection: !outgoing.reusedSocket,
  }
}

/**
 * Throws where a client did not see what becomes of its kind, so that no mistake on both sides agrees.
 *
 * @param {Visit} visit
 * @param {Mode} mode
 * @param {readonly Sighting[]} sightings
 */
function requireExpected({ what, paths, answer }, mode, sightings) {
  const isCutOff = mode === 'strict' && answer.status === 401
  const isExpected =
    sightings.length === (isCutOff ? 0 : paths.length) &&
    sightings.every(
      ({ status, code, isNewConnection }, index) =>
        status === answer.status && code === answer.code && isNewConnection === (index === 0),
    )
  if (isExpected) return
  throw new Error(`${mode}, ${what}: a client saw ${JSON.stringify(sightings)}`)
}

/**
 * @param {Visit} visit
 * @param {Mode} mode
 * @param {readonly Sighting[]} sightings
 * @param {Map<string, number>} tally
 */
function count({ who, paths, answer }, mode, sightings, tally) {
  /** @param {readonly (string | null)[]} words */
  const add = (...words) => {
    const key = [mode, ...words].join(' ')
    tally.set(key, (tally.get(key) ?? 0) + 1)
  }

  const [first] = sightings
  if (first === undefined) add('handshakes refused', answer.code)
  else if (first.status === 401) add('handshakes refused', first.code)
  else add('connections accepted')

  for (const [index, { status, code }] of sightings.entries()) {
    const path = paths[index] ?? '/open'
    const isKnown = who === 'reader'
    const isDenied = code === denied.code
    if (status === 200) add('requests', isKnown ? 'accepted' : 'absent')
    else add('requests', isDenied ? 'accepted' : 'rejected')
    if (status === 200) add('permissions allowed', requirements[path])
    else if (isDenied) add('permissions denied', requirements[path])
    else add('identities rejected', status === 401 ? 'tls' : 'identity', code)
  }
}
