import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { createClientIdentity } from '@peergate/client'
import type { CallingIdentity } from '@peergate/client'
import { PeerGateError } from '@peergate/core'
import type { PeerGateErrorCode } from '@peergate/core'
import t from 'tap'
import type { Test } from 'tap'
import { observeFailures, startServer, tellAll, tlsVersions } from './support/observe-failures.js'
import type { TlsVersion } from './support/observe-failures.js'
import { issueClient, materialOf } from './support/pki.js'

const worker = await issueClient()

/** What every caller is told of each cause, and before that `createClientIdentity`. */
const codes: Readonly<
  Record<string, readonly [PeerGateErrorCode | null, PeerGateErrorCode | null]>
> = {
  'no certificate': [null, 'ERR_PEERGATE_CERTIFICATE_MISSING'],
  'a certificate of another CA': [
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    'ERR_PEERGATE_HANDSHAKE_FAILED',
  ],
  'an expired certificate': [
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    'ERR_PEERGATE_HANDSHAKE_FAILED',
  ],
  'a revoked certificate': [null, 'ERR_PEERGATE_HANDSHAKE_FAILED'],
  'an intermediate is missing': [
    'ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID',
    'ERR_PEERGATE_HANDSHAKE_FAILED',
  ],
  'a certificate for servers': ['ERR_PEERGATE_CLIENT_CERTIFICATE_INVALID', null],
  'the key of another certificate': ['ERR_PEERGATE_CLIENT_KEY_INVALID', null],
  'a server of another name': [null, 'ERR_PEERGATE_SERVER_MISMATCH'],
  'a server of another SPIFFE ID': [null, 'ERR_PEERGATE_SERVER_MISMATCH'],
  'a server of another CA': [null, 'ERR_PEERGATE_SERVER_UNTRUSTED'],
}

for (const version of tlsVersions) {
  t.test(`one cause has one code, whoever calls, over ${version}`, async (t) => {
    const observed = await observeFailures(version)
    t.strictSame(
      observed.map(({ cause }) => cause),
      Object.keys(codes),
    )
    for (const { cause, creation, calls } of observed) {
      const [atCreation, atCall] = codes[cause] ?? []
      t.equal(creation, atCreation, cause)
      if (calls === null) t.equal(atCall, null, cause)
      else expectCode(t, cause, atCall ?? 'ERR_PEERGATE_GATE_FAULTY', calls)
    }
  })

  t.test(`a client in order is answered, whoever calls, over ${version}`, async (t) => {
    const { target } = await startGate(t)
    const told = await tellAll(identify(version, target), `https://${target}/`)
    t.strictSame(new Set(Object.values(told)), new Set(['welcome']))
  })
}

async function startGate(t: Test): Promise<{ readonly target: string; readonly port: number }> {
  const { target, close } = await startServer()
  t.teardown(close)
  return { target, port: Number(target.split(':')[1]) }
}

async function listen(t: Test, server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
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
    const identity = identify('TLSv1.3', `localhost:${port}`)
    expectCode(t, code, code, await tellAll(identity, `https://localhost:${port}/`))
  }
})

t.test('a host by another name is another server', async (t) => {
  const { port } = await startGate(t)
  const identity = identify('TLSv1.3', `localhost:${port}`)
  const told = await tellAll(identity, `https://127.0.0.1:${port}/`)
  expectCode(t, 'address', 'ERR_PEERGATE_SERVER_MISMATCH', told, {
    target: `127.0.0.1:${port}`,
    servername: null,
    certificate: 'withheld',
  })
})

t.test('what is not of the connection is given back as it is', async (t) => {
  const { port } = await startGate(t)
  const identity = identify('TLSv1.3', `localhost:${port}`)
  const signal = AbortSignal.abort()
  const dispatcher = identity.dispatcher()
  await t.rejects(fetch(`https://localhost:${port}/`, { dispatcher, signal } as never), {
    name: 'AbortError',
  })
  await t.rejects(fetch(`http://localhost:${port}/`, { dispatcher } as never), {
    cause: { code: 'ERR_PEERGATE_CONNECTION_NOT_TLS' },
  })
})

function identify(maxVersion: TlsVersion, target: string): CallingIdentity {
  return createClientIdentity({ ...materialOf(worker), servers: { [target]: {} }, maxVersion })
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
