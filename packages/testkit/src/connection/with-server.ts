import { once } from 'node:events'
import { createServer } from 'node:https'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'node:tls'
import type { TlsGate } from '@peergate/core'
import { optionError } from '@peergate/core/options'
import { connectAs } from './connect-as.js'
import type { ConnectAsOptions } from './connect-as.js'
import type { ConnectionReport } from './connection-report.js'
import type { TestClientCredentials } from './test-pki.js'
import { watchConnections } from './watch-connections.js'

/** What a server can be made of: Node’s own, of `https` or `http2`; a Fastify application; a listener. */
export type TestableApp = FastifyLike | RequestListener | Server

/** As much of a Fastify application as is needed to run one. */
export interface FastifyLike {
  readonly server: unknown
  readonly listen: (options: { readonly port: number; readonly host: string }) => Promise<string>
  readonly close: () => Promise<unknown>
}

export interface WithServerOptions {
  /**
   * The TLS gate that serves a listener, such as an Express application, which has no server of its own.
   * Servers and Fastify applications bring theirs.
   */
  readonly tls?: TlsGate
}

/** A server on a free port of the loopback interface. */
export interface RunningServer {
  readonly port: number
  /** `https://localhost:` and the port. */
  readonly url: string
  /** See {@link ConnectionReport}. */
  readonly connectAs: (
    client: TestClientCredentials,
    options?: ConnectAsOptions,
  ) => Promise<ConnectionReport>
}

/**
 * Runs `use` while `app` listens on a free port of 127.0.0.1, and closes it, with every connection.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for an application that cannot be run, or one that
 * does not speak TLS; and whatever `use` throws
 *
 * @example
 * ```ts
 * await withServer(app, async ({ connectAs }) => {
 *   assertRefusedInTls(await connectAs(await pki.client('expired')))
 * })
 * ```
 */
export async function withServer<Value>(
  app: TestableApp,
  use: (running: RunningServer) => Promise<Value>,
  { tls }: WithServerOptions = {},
): Promise<Value> {
  const { server, listen, close } = runnerOf(app, tls)
  const { watch, cutOff } = watchConnections(server)
  await listen()
  const { port } = server.address() as AddressInfo
  try {
    return await use({
      port,
      url: `https://localhost:${port}`,
      connectAs: async (client, options = {}) => connectAs(client, options, { port, watch }),
    })
  } finally {
    cutOff()
    await close()
  }
}

interface Runner {
  readonly server: Server
  readonly listen: () => Promise<unknown>
  readonly close: () => Promise<unknown>
}

function runnerOf(app: unknown, tls: TlsGate | undefined): Runner {
  if (app instanceof Server) return runnerOfServer(app)
  if (isFastify(app)) {
    const { server } = app
    if (!(server instanceof Server)) throw notTls()
    const listen = async () => app.listen({ port: 0, host: '127.0.0.1' })
    return { server, listen, close: async () => app.close() }
  }
  if (typeof app !== 'function') {
    const fault = 'the application must be a TLS server, a Fastify application or a listener'
    throw optionError('withServer', fault)
  }
  if (tls === undefined) throw optionError('withServer', 'a listener needs the option "tls"')
  const server = createServer(tls.serverOptions, app as RequestListener)
  tls.attach(server)
  return runnerOfServer(server)
}

function runnerOfServer(server: Server): Runner {
  return {
    server,
    listen: async () => once(server.listen(0, '127.0.0.1'), 'listening'),
    async close() {
      // That of HTTP/2 does not give itself back, as its types say.
      server.close()
      await once(server, 'close')
    },
  }
}

function isFastify(app: unknown): app is FastifyLike {
  const { server, listen, close } = (app ?? {}) as Record<string, unknown>
  return typeof server === 'object' && typeof listen === 'function' && typeof close === 'function'
}

function notTls(): Error {
  const fault = 'the application does not speak TLS; create it with { https: tls.serverOptions }'
  return optionError('withServer', fault)
}
