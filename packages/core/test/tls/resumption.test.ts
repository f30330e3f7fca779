import { X509Certificate, hkdfSync } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import type { ConnectionOptions, TlsOptions } from 'node:tls'
import { inspect } from 'node:util'
import { parseCertificate } from '@peergate/core'
import { parseOptions } from '@peergate/core/options'
import t from 'tap'
import type { Test } from 'tap'
import { createResumption, resumptionSchema } from '#core/tls/resumption.js'
import type { Resumption, ResumptionOptions } from '#core/tls/resumption.js'
import { faultOf } from '../support/fault-of.js'
import { createResumingServer } from '../support/resuming-server.js'
import type { ResumingServer } from '../support/resuming-server.js'
import { ask, listen, open, sessionOf } from '../support/tls-connection.js'
import { createTlsSetting } from '../support/tls-setting.js'

const { pki, anonymous, issueClient } = await createTlsSetting()
const client = await issueClient()
const serverLeaf = pki.leaf('server')

/** What a server says of `client` after a full handshake, and in a resumed session. */
const { fingerprint256 } = parseCertificate(new X509Certificate(client.cert).raw)
const full = `full ${fingerprint256}`
const resumed = `resumed ${fingerprint256}`

const epoch = 'a1'.repeat(32)
const nextEpoch = 'b2'.repeat(32)
const sharedSecret = '0123456789abcdef0123456789abcdef'
const versions = ['TLSv1.2', 'TLSv1.3'] as const

const strict: TlsOptions = {
  cert: serverLeaf.certificate,
  key: serverLeaf.key,
  ca: pki.authority('payments-client-ca').certificate,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
}

type Version = (typeof versions)[number]

interface Reach {
  /** A client with a certificate. */
  readonly client: ConnectionOptions
  /** A client that has nothing to prove itself with. */
  readonly stranger: ConnectionOptions
}

function reach(port: number, version: Version): Reach {
  const connection = { port, minVersion: version, maxVersion: version }
  return { client: { ...client, ...connection }, stranger: { ...anonymous, ...connection } }
}

async function serve(
  t: Test,
  version: Version,
  resumption: Resumption,
  own: TlsOptions = {},
): Promise<Reach & ResumingServer> {
  const made = createResumingServer({ ...strict, ...own }, resumption, epoch)
  return { ...made, ...reach(await listen(t, made.server), version) }
}

function resume(own: Partial<ResumptionOptions> = {}): Resumption {
  return createResumption({ maxAge: 300, ...own }, { haveOwnCas: false, minVersion: 'TLSv1.3' })
}

/** `session` as if its handshake had been now, for a client that ignores how old it is. */
function rejuvenate(session: Buffer): Buffer {
  const young = Buffer.from(session)
  // The time is the field [1] of OpenSSL's SSL_SESSION, an integer of four bytes.
  const time = young.indexOf('a1060204', 'hex') + 4
  young.writeUInt32BE(Math.floor(Date.now() / 1000), time)
  return young
}

/** What is wrong with resumption for hosts of a version of Node; null where nothing is. */
function hostsFault(haveOwnCas: boolean, nodeVersion: string): string | null {
  const fault = faultOf(() =>
    createResumption({ maxAge: 60 }, { haveOwnCas, minVersion: 'TLSv1.3', nodeVersion }),
  )
  return fault?.detail ?? null
}

t.test('refuses options that are not sound', (t) => {
  const age = 'option "maxAge" must be a whole number of seconds, 1 to 300'
  const secret = 'option "sharedSecret" must be text or bytes, at least 32 bytes long'
  for (const [own, detail] of [
    [{ maxAge: 0 }, age],
    [{ maxAge: -1 }, age],
    [{ maxAge: 1.5 }, age],
    [{ maxAge: 301 }, age],
    [{ maxAge: '60' }, 'option "maxAge" must be of the type number'],
    [{ maxAge: NaN }, 'option "maxAge" must be of the type number'],
    [{ maxAge: undefined }, 'option "maxAge" is missing or undefined'],
    [{ sharedSecret: undefined }, secret],
    [{ sharedSecret: '' }, secret],
    [{ sharedSecret: 'é'.repeat(15) }, secret],
    [{ sharedSecret: new Uint8Array(31) }, secret],
    [{ sharedSecret: Array.from({ length: 32 }, () => 1) }, secret],
    [
      { sharedsecret: sharedSecret },
      'option "sharedsecret" is not known; did you mean "sharedSecret"?',
    ],
  ] as const) {
    const given = { maxAge: 60, ...own }
    const fault = faultOf(() => parseOptions('test', resumptionSchema(), given))
    t.equal(fault?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(fault?.detail, `test: ${detail}`)
  }
  t.end()
})

t.test('takes the shortest and the longest age, and secrets of 32 bytes', (t) => {
  for (const given of [
    { maxAge: 1 },
    { maxAge: 300, sharedSecret },
    { maxAge: 60, sharedSecret: 'é'.repeat(16) },
    { maxAge: 60, sharedSecret: new Uint8Array(32) },
  ]) {
    t.strictSame(parseOptions('test', resumptionSchema(), given), given)
  }
  t.end()
})

t.test('derives ticket keys as documented', (t) => {
  const secret = Buffer.from(sharedSecret)
  const salt = Buffer.from(epoch, 'ascii')
  const info = Buffer.from('peergate ticket keys v1', 'ascii')
  const expected = Buffer.from(hkdfSync('sha256', secret, salt, info, 48))
  const resumption = resume({ sharedSecret })
  t.strictSame(resumption.sessionOptions(epoch), {
    secureOptions: 0,
    sessionIdContext: 'a1'.repeat(16),
    sessionTimeout: 300,
    ticketKeys: expected,
  })
  t.equal(
    expected.toString('hex'),
    '75d782ad67155dbcf7c3096d56e40b5b316bd5c8785f5f535899d83c7745ab06ae28c43818a718b72bb9ce89664b3835',
  )
  t.strictSame(resume({ sharedSecret: secret }).sessionOptions(epoch).ticketKeys, expected)
  t.notSame(resumption.sessionOptions(nextEpoch).ticketKeys, expected)
  t.end()
})

t.test('keeps the secret to itself', (t) => {
  const bytes = Buffer.from(sharedSecret)
  const resumption = resume({ sharedSecret: bytes })
  const { ticketKeys } = resumption.sessionOptions(epoch)
  bytes.fill(0)
  t.strictSame(resumption.sessionOptions(epoch).ticketKeys, ticketKeys)
  t.notMatch(inspect(resumption, { depth: null, showHidden: true }), sharedSecret)
  t.ok(Object.isFrozen(resumption))
  t.end()
})

t.test('refuses client CAs per host where Node resumes across hosts', (t) => {
  for (const version of [
    '18.20.8',
    '20.19.0',
    '20.20.2',
    '21.7.3',
    '22.9.9',
    '22.22.9',
    '23.11.1',
    '24.16.9',
    '25.9.0',
    '26.2.9',
    '26.3.0',
    '26.3.1-nightly',
    '24',
    '24.17',
    '',
    'v24.17.0',
  ]) {
    t.equal(
      hostsFault(true, version),
      `createTlsGate: option "resumption" with client CAs per host needs Node 22.23.0, 24.17.0, 26.3.1 or newer; ${version} resumes a session of one host at another`,
    )
    t.equal(hostsFault(false, version), null)
  }
  for (const version of [
    '22.23.0',
    '22.23.3',
    '24.17.0',
    '24.21.0',
    '26.3.1',
    '26.4.0',
    '27.0.0',
  ]) {
    t.equal(hostsFault(true, version), null, version)
  }
  const off = faultOf(() =>
    createResumption(undefined, {
      haveOwnCas: true,
      minVersion: 'TLSv1.3',
      nodeVersion: '20.19.0',
    }),
  )
  t.equal(off, null)
  const here = faultOf(() =>
    createResumption({ maxAge: 60 }, { haveOwnCas: true, minVersion: 'TLSv1.3' }),
  )
  t.equal(here?.detail ?? null, hostsFault(true, process.versions.node))
  t.end()
})

for (const version of versions) {
  t.test(`off, no session of ${version} is resumed`, async (t) => {
    const off = createResumption(undefined, { haveOwnCas: false, minVersion: 'TLSv1.3' })
    const { client } = await serve(t, version, off)
    const session = await sessionOf(client)
    t.equal(await ask({ ...client, session }), full)
  })

  t.test(`on, ${version} resumes with the identity of the full handshake`, async (t) => {
    const resumption = resume()
    const { client, stranger } = await serve(t, version, resumption)
    t.equal(await ask(client), full)
    const session = await sessionOf(client)
    t.equal(await ask({ ...client, session }), resumed)
    t.equal(await ask({ ...stranger, session }), resumed, 'whoever has its key')
  })

  t.test(`a session of ${version} ends with its epoch, at once`, async (t) => {
    const { client, swapTo } = await serve(t, version, resume({ sharedSecret }))
    const session = await sessionOf(client)
    swapTo(nextEpoch)
    t.equal(await ask({ ...client, session }), full)
    const next = await sessionOf(client)
    t.equal(await ask({ ...client, session: next }), resumed)
    swapTo(epoch)
    t.equal(await ask({ ...client, session: next }), full)
  })

  t.test(`a session of ${version} ends at maxAge, however often it is resumed`, async (t) => {
    const { client } = await serve(t, version, resume({ maxAge: 2 }))
    const session = await sessionOf(client)
    await wait(1000)
    t.equal(await ask({ ...client, session: rejuvenate(session) }), resumed)
    await wait(2100)
    t.equal(await ask({ ...client, session: rejuvenate(session) }), full)
  })

  t.test(`resuming gives no younger session in ${version}`, async (t) => {
    const { client } = await serve(t, version, resume())
    const session = await sessionOf(client)
    const socket = open({ ...client, session })
    socket.on('session', () => t.fail('a new session would prolong the old one'))
    socket.end('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
    t.match(await text(socket), resumed)
  })

  t.test(`a session of ${version} without a certificate gives no identity`, async (t) => {
    const resumption = resume()
    const lax = await serve(t, version, resumption, { rejectUnauthorized: false })
    const none = await serve(t, version, resumption, { requestCert: false })
    const { stranger } = await serve(t, version, resumption)
    for (const other of [lax, none]) {
      const session = await sessionOf(other.stranger)
      t.equal(await ask({ ...other.stranger, session }), 'resumed ERR_PEERGATE_CERTIFICATE_MISSING')
      const answer = await ask({ ...stranger, session }).catch(() => 'no answer')
      t.match(answer, /^(?:no answer|resumed ERR_PEERGATE_CERTIFICATE_MISSING)$/)
    }
  })

  t.test(`without a shared secret, ${version} resumes in one process only`, async (t) => {
    const first = await serve(t, version, resume())
    const second = await serve(t, version, resume())
    const session = await sessionOf(first.client)
    t.equal(await ask({ ...second.client, session }), full)
    t.equal(await ask({ ...first.client, session }), resumed)
  })
}
