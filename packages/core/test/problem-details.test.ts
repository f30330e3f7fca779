import t from 'tap'
import { PeerGateError, createRefusalAnswer } from '@peergate/core'
import type { PeerGateErrorCode, RefusalAnswerOptions } from '@peergate/core'
import { paymentsGate } from './support/payments-gate.js'
import { createSeededRandom } from './support/seeded-random.js'

const gate = paymentsGate()
const { problem } = createRefusalAnswer('adapter', gate)
const [json, text] = ['application/problem+json', 'text/plain; charset=utf-8']

/** What is answered to the error of a code, none of whose detail a client may see. */
function answerTo(code: string, options: RefusalAnswerOptions = {}): Record<string, unknown> {
  const error = new PeerGateError(`ERR_PEERGATE_${code}` as PeerGateErrorCode, 'secret of the log')
  return JSON.parse(createRefusalAnswer('adapter', gate, options).problem(error).body)
}

const denied = new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', 'secret of the log')
const missing = new PeerGateError('ERR_PEERGATE_CERTIFICATE_MISSING', 'secret of the log')

t.test('answers with type, title, status and code, and nothing else', async (t) => {
  t.strictSame(problem(denied), {
    statusCode: 403,
    headers: { 'content-type': json, 'cache-control': 'no-store', vary: 'accept' },
    body:
      '{"type":"about:blank","title":"the client may not do this","status":403,' +
      '"code":"ERR_PEERGATE_PERMISSION_DENIED"}',
  })
})

t.test('names the page of the code', async (t) => {
  for (const base of ['https://docs.example/', 'http://docs.example/a?code=', 'https://a.b/e/#']) {
    const { type } = answerTo('PERMISSION_DENIED', { problemTypeBase: base })
    t.equal(type, `${base}ERR_PEERGATE_PERMISSION_DENIED`)
  }
})

/** What a client can do about each 401: bring a certificate, or another one. */
const unauthenticated: readonly (readonly [code: string, certificate: string])[] = [
  ['CERTIFICATE_MISSING', 'required'],
  ['CONNECTION_NOT_TLS', 'required'],
  ['FORWARDED_IDENTITY_MISSING', 'required'],
  ['ASSERTION_REFUSED', 'required'],
  ['CERTIFICATE_EXPIRED', 'rejected'],
  ['CERTIFICATE_IS_CA', 'rejected'],
  ['CERTIFICATE_KEY_WEAK', 'rejected'],
  ['CERTIFICATE_MALFORMED', 'rejected'],
  ['CERTIFICATE_NOT_YET_VALID', 'rejected'],
  ['CERTIFICATE_PURPOSE_WRONG', 'rejected'],
  ['CERTIFICATE_REVOKED', 'rejected'],
  ['CERTIFICATE_TOO_LARGE', 'rejected'],
  ['CERTIFICATE_UNTRUSTED', 'rejected'],
  ['CONNECTION_CLOSED', 'rejected'],
  ['FORWARDED_IDENTITY_AMBIGUOUS', 'rejected'],
  ['FORWARDED_IDENTITY_MALFORMED', 'rejected'],
  ['FORWARDED_IDENTITY_UNVERIFIED', 'rejected'],
  ['HANDSHAKE_FAILED', 'rejected'],
  ['HOST_UNKNOWN', 'rejected'],
  ['PROTOCOL_UNSUPPORTED', 'rejected'],
  ['PROXY_UNTRUSTED', 'rejected'],
  ['REVOCATION_UNKNOWN', 'rejected'],
  ['SESSION_RESUMED', 'rejected'],
]

for (const [code, certificate] of unauthenticated) {
  t.test(`tells that a certificate is ${certificate} with ${code}`, async (t) => {
    t.match(answerTo(code), { status: 401, certificate })
  })
}

t.test('tells nothing of a certificate with any other status', async (t) => {
  for (const code of ['IDENTITY_MISSING', 'PERMISSION_DENIED', 'HOST_MISMATCH', 'GATE_FAULTY']) {
    t.strictSame(Object.keys(answerTo(code)), ['type', 'title', 'status', 'code'])
  }
})

t.test('leaves out the detail of an error that was meant for its developer', async (t) => {
  const error = new PeerGateError('ERR_PEERGATE_OPTION_INVALID', 'secret of the log')
  t.match(error.message, 'secret of the log')
  t.equal(JSON.parse(problem(error).body).title, 'options must be well-formed')
  const line = '500 options must be well-formed (ERR_PEERGATE_OPTION_INVALID)\n'
  t.equal(problem(error, { accept: 'text/plain' }).body, line)
})

t.test('says the sentence of the code, whatever became of the message', async (t) => {
  const error = new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', 'a detail')
  error.message = 'secret of a handler'
  t.equal(JSON.parse(problem(error).body).title, 'the client may not do this')
})

t.test('answers who prefers text in one line', async (t) => {
  t.strictSame(problem(missing, { accept: 'text/plain' }), {
    statusCode: 401,
    headers: { 'content-type': text, 'cache-control': 'no-store', vary: 'accept' },
    body: '401 a client certificate is required (ERR_PEERGATE_CERTIFICATE_MISSING)\n',
  })
})

const accepts: readonly (readonly [accept: string, type: string])[] = [
  ['text/plain', text],
  ['TEXT/PLAIN', text],
  ['text/*', text],
  ['text/plain;charset=utf-8', text],
  ['text/plain, application/problem+json;q=0.9', text],
  ['text/plain, application/json;q=0.9, */*;q=0.1', text],
  ['text/plain;q=0.5, */*;q=0.1', text],
  ['text/plain, */*', text],
  ['*/*', json],
  ['application/problem+json', json],
  ['application/json', json],
  ['application/*, text/*;q=0.9', json],
  ['application/json, text/plain, */*', json],
  ['application/json, text/plain;q=0.9', json],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', json],
  ['text/html', json],
  ['text/plain;q=0', json],
  ['text/plain;format=flowed', json],
]

for (const [accept, type] of accepts) {
  t.test(`answers ${accept} with ${type}`, async (t) => {
    t.equal(problem(missing, { accept }).headers['content-type'], type)
  })
}

const unreadable: readonly (readonly [string, unknown])[] = [
  ['no headers', undefined],
  ['null', null],
  ['text for headers', 'text/plain'],
  ['no Accept', {}],
  ['an empty Accept', { accept: '' }],
  ['a list', { accept: ['text/plain'] }],
  ['an object', { accept: { toString: () => 'text/plain' } }],
  ['no media type', { accept: 'text' }],
  ['separators alone', { accept: ',;,;=,"' }],
  ['a weight that is none', { accept: 'text/plain;q=high' }],
  ['more than is looked at', { accept: `text/plain${' '.repeat(512)}` }],
]

for (const [name, headers] of unreadable) {
  t.test(`answers ${name} with problem details`, async (t) => {
    t.equal(problem(missing, headers).headers['content-type'], json)
  })
}

t.test('looks at an Accept of 512 characters', async (t) => {
  const accept = 'text/plain'.padEnd(512, ' ')
  t.equal(problem(missing, { accept }).headers['content-type'], text)
})

const separators = ['*', '/', ',', ';', '=', 'q', '"', '\\', ' ', '\t', '-', '\u0000'] as const
const words = [
  'text/plain',
  'application/json',
  '__proto__',
  'constructor',
  '0.5',
  '1e999',
] as const
const parts = [...words, 'text', 'plain', 'é', ...separators] as const

t.test('answers every Accept, however malformed', async (t) => {
  const random = createSeededRandom(9457)
  const types = new Set<string>()
  for (let run = 0; run < 5000; run += 1) {
    const accept = Array.from({ length: random.below(40) }, () => random.pick(parts)).join('')
    types.add(String(problem(missing, { accept }).headers['content-type']))
  }
  t.strictSame(types, new Set([json, text]))
})
