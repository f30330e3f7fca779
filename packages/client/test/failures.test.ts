import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createClientIdentity } from '@peergate/client'
import type { CallingIdentity, ClientIdentityOptions } from '@peergate/client'
import { PeerGateError, createTlsGate } from '@peergate/core'
import type { PeerGateErrorCode } from '@peergate/core'
import t from 'tap'
import type { Test } from 'tap'
import { callers } from './support/calls.js'
import { clientCa, issueClient, materialOf, otherCa, pki } from './support/pki.js'

const worker = await issueClient()
const stranger = await issueClient({ issuer: 'other-ca' })
const below = await issueClient({ issuer: 'issuing-ca' })

const versions = ['TLSv1.2', 'TLSv1.3'] as const
type Version = (typeof versions)[number]

/** One cause, and what every caller is told of it. */
interface Row {
  readonly cause: string
  readonly options: Partial<ClientIdentityOptions>
  readonly code: PeerGateErrorCode
}

async function listen(t: Test, server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

async function startGate(t: Test): Promise<number> {
  const { certificate: cert, key } = pki.leaf('server')
  const tls = createTlsGate({
    server: { cert, key },
    minVersion: 'TLSv1.2',
    clientCas: { workers: clientCa },
  })
  const server = createSecureServer(
    { ...tls.serverOptions, allowHTTP1: true },
    (_request, response) => response.end('welcome'),
  )
  tls.attach(server)
  t.teardown(() => tls.close())
  return listen(t, server)
}

/** What each caller is told when it calls `url`. */
async function tellAll(identity: CallingIdentity, url: string): Promise<Record<string, unknown>> {
  const told: Record<string, unknown> = {}
  for (const [name, createCaller] of Object.entries(callers)) {
    const caller = createCaller(identity)
    told[name] = await caller.ask(url).catch((error: unknown) => error)
    await caller.close()
  }
  return told
}

for (const maxVersion of versions) {
  t.test(`one cause has one code, whoever calls, over ${maxVersion}`, async (t) => {
    const port = await startGate(t)
    const target = `localhost:${port}`
    const ending = await issueClient({ validity: { from: '-1h', to: '+2s' } })
    const endingIdentity = identify(maxVersion, target, materialOf(ending))
    const rows: readonly Row[] = [
      {
        cause: 'no certificate',
        options: { servers: { 'other.example': {} } },
        code: 'ERR_PEERGATE_CERTIFICATE_MISSING',
      },
      { cause: 'wrong CA', options: materialOf(stranger), code: 'ERR_PEERGATE_HANDSHAKE_FAILED' },
      {
        cause: 'missing intermediate',
        options: materialOf({ ...below, certificate: firstOf(below.certificate) }),
        code: 'ERR_PEERGATE_HANDSHAKE_FAILED',
      },
      {
        cause: 'other server',
        options: { servers: { [target]: { spiffeId: 'spiffe://prod.example/other' } } },
        code: 'ERR_PEERGATE_SERVER_MISMATCH',
      },
      {
        cause: 'untrusted server',
        options: { serverCas: otherCa },
        code: 'ERR_PEERGATE_SERVER_UNTRUSTED',
      },
    ]
    for (const { cause, options, code } of rows) {
      const identity = identify(maxVersion, target, options)
      expectCode(t, cause, code, await tellAll(identity, `https://${target}/`))
      identity.close()
    }
    const good = identify(maxVersion, target, {})
    t.strictSame(
      new Set(Object.values(await tellAll(good, `https://${target}/`))),
      new Set(['welcome']),
    )
    while (Date.now() < ending.notAfter.getTime() + 1000) await wait(100)
    const told = await tellAll(endingIdentity, `https://${target}/`)
    expectCode(t, 'expired', 'ERR_PEERGATE_HANDSHAKE_FAILED', told)
  })
}

t.test('a server that is not there, or speaks no TLS, is told apart', async (t) => {
  const gone = createServer()
  const goneAt = await listen(t, gone)
  gone.close()
  const plain = createPlainServer((_request, response) => response.end())
  const mute = createServer((socket) => socket.end())
  const rows = [
    [goneAt, 'ERR_PEERGATE_SERVER_UNREACHABLE'],
    [await listen(t, plain), 'ERR_PEERGATE_CONNECTION_NOT_TLS'],
    [await listen(t, mute), 'ERR_PEERGATE_HANDSHAKE_FAILED'],
  ] as const
  for (const [port, code] of rows) {
    const identity = identify('TLSv1.3', `localhost:${port}`, {})
    expectCode(t, code, code, await tellAll(identity, `https://localhost:${port}/`))
  }
})

t.test('a host by another name is another server', async (t) => {
  const port = await startGate(t)
  const identity = identify('TLSv1.3', `localhost:${port}`, {})
  const told = await tellAll(identity, `https://127.0.0.1:${port}/`)
  expectCode(t, 'address', 'ERR_PEERGATE_SERVER_MISMATCH', told, {
    target: `127.0.0.1:${port}`,
    servername: null,
    certificate: 'withheld',
  })
})

t.test('what is not of the connection is given back as it is', async (t) => {
  const port = await startGate(t)
  const identity = identify('TLSv1.3', `localhost:${port}`, {})
  const signal = AbortSignal.abort()
  const dispatcher = identity.dispatcher()
  await t.rejects(fetch(`https://localhost:${port}/`, { dispatcher, signal } as never), {
    name: 'AbortError',
  })
  await t.rejects(fetch(`http://localhost:${port}/`, { dispatcher } as never), {
    cause: { code: 'ERR_PEERGATE_CONNECTION_NOT_TLS' },
  })
})

function identify(
  maxVersion: Version,
  target: string,
  options: Partial<ClientIdentityOptions>,
): CallingIdentity {
  return createClientIdentity({
    ...materialOf(worker),
    servers: { [target]: {} },
    maxVersion,
    ...options,
  } as ClientIdentityOptions)
}

function expectCode(
  t: Test,
  cause: string,
  code: PeerGateErrorCode,
  told: Readonly<Record<string, unknown>>,
  upstream: object = {},
): void {
  for (const [name, error] of Object.entries(told)) {
    t.ok(error instanceof PeerGateError, `${cause}: ${name} ${String(error)}`)
    t.match(error, { code, statusCode: 502, upstream }, `${cause}: ${name}`)
    t.ok((error as PeerGateError).detail.includes(':'), 'the target is named')
    t.notMatch((error as PeerGateError).detail, /BEGIN|\.pem/u)
  }
}

function firstOf(chain: string): string {
  return `${chain.split('-----END CERTIFICATE-----')[0]}-----END CERTIFICATE-----\n`
}
