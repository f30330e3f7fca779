import { readFile, readdir } from 'node:fs/promises'
import { inspect } from 'node:util'
import t from 'tap'
import { PeerGateError, createRefusalAnswer } from '@peergate/core'
import type { PeerGateErrorCode } from '@peergate/core'
import { paymentsGate } from './support/payments-gate.js'

const pages = new URL('../../../../docs/errors/', import.meta.url)
const index = await readFile(new URL('README.md', pages), 'utf8')

/** Every code, since the type leaves none out, and when its error is met. */
const moments: Readonly<Record<PeerGateErrorCode, 'creation' | 'request'>> = {
  ERR_PEERGATE_ASSERTION_REFUSED: 'request',
  ERR_PEERGATE_ASSURANCE_TOO_LOW: 'request',
  ERR_PEERGATE_AUDIT_FAILED: 'creation',
  ERR_PEERGATE_AUTHORIZER_DENIED: 'request',
  ERR_PEERGATE_AUTHORIZER_FAULTY: 'request',
  ERR_PEERGATE_CERTIFICATE_EXPIRED: 'request',
  ERR_PEERGATE_CERTIFICATE_IS_CA: 'request',
  ERR_PEERGATE_CERTIFICATE_KEY_WEAK: 'request',
  ERR_PEERGATE_CERTIFICATE_MALFORMED: 'request',
  ERR_PEERGATE_CERTIFICATE_MISSING: 'request',
  ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID: 'request',
  ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG: 'request',
  ERR_PEERGATE_CERTIFICATE_REVOKED: 'request',
  ERR_PEERGATE_CERTIFICATE_TOO_LARGE: 'request',
  ERR_PEERGATE_CERTIFICATE_UNTRUSTED: 'request',
  ERR_PEERGATE_CLIENT_CA_INVALID: 'creation',
  ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID: 'creation',
  ERR_PEERGATE_CLIENT_KEY_INVALID: 'creation',
  ERR_PEERGATE_CONDITION_FAULTY: 'request',
  ERR_PEERGATE_CONDITION_UNMET: 'request',
  ERR_PEERGATE_CONNECTION_CLOSED: 'request',
  ERR_PEERGATE_CONNECTION_NOT_CAPTURED: 'request',
  ERR_PEERGATE_CONNECTION_NOT_TLS: 'request',
  ERR_PEERGATE_FILE_UNREADABLE: 'creation',
  ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS: 'request',
  ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED: 'request',
  ERR_PEERGATE_FORWARDED_IDENTITY_MISSING: 'request',
  ERR_PEERGATE_FORWARDED_IDENTITY_UNVERIFIED: 'request',
  ERR_PEERGATE_GATE_FAULTY: 'request',
  ERR_PEERGATE_GATE_FOREIGN: 'creation',
  ERR_PEERGATE_HANDSHAKE_FAILED: 'request',
  ERR_PEERGATE_HOST_MISMATCH: 'request',
  ERR_PEERGATE_HOST_UNKNOWN: 'request',
  ERR_PEERGATE_IDENTITY_AMBIGUOUS: 'request',
  ERR_PEERGATE_IDENTITY_DENIED: 'request',
  ERR_PEERGATE_IDENTITY_INVALID: 'request',
  ERR_PEERGATE_IDENTITY_MISSING: 'request',
  ERR_PEERGATE_MIDDLEWARE_MISSING: 'request',
  ERR_PEERGATE_OPTION_INVALID: 'creation',
  ERR_PEERGATE_PATTERN_INVALID: 'creation',
  ERR_PEERGATE_PEM_INVALID: 'creation',
  ERR_PEERGATE_PERMISSION_DENIED: 'request',
  ERR_PEERGATE_PERMISSION_UNKNOWN: 'creation',
  ERR_PEERGATE_POLICY_FILE_INVALID: 'creation',
  ERR_PEERGATE_PROTOCOL_UNSUPPORTED: 'request',
  ERR_PEERGATE_PROXY_UNTRUSTED: 'request',
  ERR_PEERGATE_REVOCATION_LIST_INVALID: 'creation',
  ERR_PEERGATE_REVOCATION_UNKNOWN: 'request',
  ERR_PEERGATE_ROUTE_TOO_EARLY: 'creation',
  ERR_PEERGATE_ROUTE_UNDECLARED: 'request',
  ERR_PEERGATE_SERVER_CA_INVALID: 'creation',
  ERR_PEERGATE_SERVER_CERTIFICATE_INVALID: 'creation',
  ERR_PEERGATE_SERVER_KEY_INVALID: 'creation',
  ERR_PEERGATE_SERVER_MISMATCH: 'request',
  ERR_PEERGATE_SERVER_UNREACHABLE: 'request',
  ERR_PEERGATE_SERVER_UNTRUSTED: 'request',
  ERR_PEERGATE_SESSION_RESUMED: 'request',
  ERR_PEERGATE_TRUST_DOMAIN_MISMATCH: 'request',
  ERR_PEERGATE_TRUST_SET_MISMATCH: 'request',
}

const pagesUrl = 'https://docs.example/errors/'
const { problem } = createRefusalAnswer('adapter', paymentsGate(), { problemTypeBase: pagesUrl })
const codes = Object.keys(moments) as PeerGateErrorCode[]
const statuses = {
  tls: 401,
  proxy: 401,
  identity: 403,
  authorization: 403,
  configuration: 500,
  upstream: 502,
}

/** The general sentence of a code: what is left of the message without the detail. */
function sentenceOf(code: PeerGateErrorCode): string {
  return new PeerGateError(code, '').message.replace(/: $/u, '')
}

t.test('has a page for every code, and a code for every page', async (t) => {
  const files = await readdir(pages)
  const named = files.filter((file) => file !== 'README.md').map((file) => file.slice(0, -3))
  t.strictSame(named.toSorted(), codes.toSorted())
})

t.test('has a row for every code in the list of pages, once', async (t) => {
  const rows = Array.from(index.matchAll(/^\| \[(ERR_PEERGATE_\w+)\]/gmu), ([, code]) =>
    String(code),
  )
  t.strictSame(rows.toSorted(), codes.toSorted())
})

t.test('tells a client nothing of grants, permissions, CAs or sets of them', async (t) => {
  for (const code of codes.filter((code) => moments[code] === 'request')) {
    t.notMatch(sentenceOf(code), /grant|permission|polic|\bCAs?\b|authorit|\bsets?\b|\bdetail\b/iu)
  }
})

for (const code of codes) {
  const { layer, statusCode, message } = new PeerGateError(code, 'what was found')
  const sentence = sentenceOf(code)

  t.test(`${code} is what its page says`, async (t) => {
    const page = await readFile(new URL(`${code}.md`, pages), 'utf8')
    const [, row = ''] = /^\| Layer .*\n\|[ -|]*\n(.*)$/mu.exec(page) ?? []
    const [pageLayer, pageStatus] = cellsOf(row)
    t.ok(page.startsWith(`# ${code}\n`))
    t.equal(pageLayer, layer)
    t.equal(pageStatus?.slice(0, 3), String(statusCode))
    t.equal(/^> (.*)$/mu.exec(page)?.[1], sentence)
  })

  t.test(`${code} is what the list of pages says`, async (t) => {
    const row = index.split('\n').find((line) => line.startsWith(`| [${code}](${code}.md)`)) ?? ''
    const status = moments[code] === 'creation' ? `${statusCode} †` : String(statusCode)
    t.strictSame(cellsOf(row).slice(1), [layer, status, sentence])
  })

  t.test(`${code} is answered with what its page says`, async (t) => {
    const page = await readFile(new URL(`${code}.md`, pages), 'utf8')
    const [, pageStatus] = cellsOf(/^\|.*\n\|[ -|]*\n(.*)$/mu.exec(page)?.[1] ?? '')
    const error = new PeerGateError(code, 'what was found')
    const answer = problem(error)
    const { type, title, status } = JSON.parse(answer.body)
    t.equal(title, /^> (.*)$/mu.exec(page)?.[1])
    t.equal(String(status), pageStatus?.slice(0, 3))
    t.equal(answer.statusCode, status)
    t.equal(await readFile(new URL(`${type.slice(pagesUrl.length)}.md`, pages), 'utf8'), page)
    t.ok(type.startsWith(pagesUrl))
    const inText = problem(error, { accept: 'text/plain' })
    t.equal(inText.body, `${status} ${title} (${code})\n`)
    for (const { body } of [answer, inText]) t.notMatch(body, 'what was found')
  })

  t.test(`${code} shows its detail only to the developer who made it`, async (t) => {
    const isShown = moments[code] === 'creation'
    t.equal(message, isShown ? `${sentence}: what was found` : sentence)
    t.match(sentence, /^(?:[a-z]|PEM|TLS)[^.:]*[^.:\s]$/u, 'the sentence is a sentence of its own')
    t.match(code, /^ERR_PEERGATE(?:_[A-Z]+){2,}$/u)
  })

  t.test(`${code} answers with the status of its layer`, async (t) => {
    const isMisdirected = code === 'ERR_PEERGATE_HOST_MISMATCH'
    t.equal(statusCode, isMisdirected ? 421 : statuses[layer])
  })
}

const error = new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', 'secret of the log', {
  cause: new Error('secret of the cause'),
})

t.test('is an error of one class', async (t) => {
  t.ok(error instanceof Error)
  t.ok(error instanceof PeerGateError)
  t.equal(error.name, 'PeerGateError')
  t.equal(String(error), 'PeerGateError: the client may not do this')
  t.match(error.stack, 'PeerGateError: the client may not do this\n    at ')
})

t.test('leaves out detail and cause as JSON', async (t) => {
  t.strictSame(JSON.parse(JSON.stringify({ error })), {
    error: {
      name: 'PeerGateError',
      code: 'ERR_PEERGATE_PERMISSION_DENIED',
      layer: 'authorization',
      statusCode: 403,
      message: 'the client may not do this',
    },
  })
})

t.test('shows everything to a log that reads its properties', async (t) => {
  t.strictSame(Object.assign({}, error), {
    name: 'PeerGateError',
    code: 'ERR_PEERGATE_PERMISSION_DENIED',
    layer: 'authorization',
    statusCode: 403,
    detail: 'secret of the log',
    upstream: null,
  })
  t.match(inspect(error), 'secret of the log')
  t.match(inspect(error), 'secret of the cause')
})

t.test('has a cause only if there is one', async (t) => {
  t.ok(Object.hasOwn(error, 'cause'))
  t.notOk(Object.hasOwn(new PeerGateError('ERR_PEERGATE_PEM_INVALID', ''), 'cause'))
  const without = new PeerGateError('ERR_PEERGATE_PEM_INVALID', '', { cause: undefined })
  t.notOk(Object.hasOwn(without, 'cause'))
})

function cellsOf(row: string): readonly string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/ +/gu, ' '))
}

t.test('what a server says of us is none of our own clients', async (t) => {
  const upstream = { target: 'api.example:443', servername: null, certificate: 'withheld' } as const
  const refused = new PeerGateError('ERR_PEERGATE_CERTIFICATE_EXPIRED', 'a detail', { upstream })
  t.equal(refused.statusCode, 502)
  t.equal(refused.upstream, upstream)
  t.notMatch(JSON.stringify(refused), 'api.example')
})

t.test('keeps its answer as it was made, since many requests can get one error', async (t) => {
  const error = new PeerGateError('ERR_PEERGATE_PERMISSION_DENIED', 'a detail')
  for (const key of ['code', 'layer', 'statusCode', 'detail'] as const) {
    t.throws(() => Object.assign(error, { [key]: 200 }), TypeError)
  }
  t.strictSame([error.statusCode, error.detail], [403, 'a detail'])
})
