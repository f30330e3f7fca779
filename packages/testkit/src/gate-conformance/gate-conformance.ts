import { optionError } from '@peergate/core/options'
import type { ConformanceResult } from '../conformance-result.js'
import { clientKinds } from '../connection/client-kinds.js'
import type { ClientKind } from '../connection/client-kinds.js'
import { describeReport } from '../connection/connection-report.js'
import type { ConnectionReport } from '../connection/connection-report.js'
import type { TestClientCredentials, TestPki } from '../connection/test-pki.js'
import { withServer } from '../connection/with-server.js'
import type { RunningServer, TestableApp, WithServerOptions } from '../connection/with-server.js'
import { forgedHeaders } from './forged-headers.js'

/** The server under test, and what it is asked. */
export interface GateConformanceTarget extends WithServerOptions {
  readonly app: TestableApp
  /** The PKI whose server certificate and client CAs the server was given. */
  readonly pki: TestPki
  /** A path that an accepted client is answered at by GET, and that needs an identity. */
  readonly path: string
  /** What an accepted client is answered; 200 by default. */
  readonly status?: number
  /** `http/1.1` by default. */
  readonly protocol?: 'h2' | 'http/1.1'
}

/**
 * Lets every kind of client try a server of the user’s own, over each TLS version that it speaks, and
 * tells which rules of a strict gate hold: who is to be refused is refused in TLS, before a byte of HTTP;
 * who has no identity gets no answer but 401 or 403; no header changes who somebody is.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for an application that cannot be run, or that does
 * not let in the accepted client over any TLS version, since every refusal would prove nothing then
 *
 * @example
 * ```ts
 * for (const { name, holds, because } of await gateConformance({ app, pki, path: '/invoices/42' })) {
 *   test(name, () => assert.ok(holds, because))
 * }
 * ```
 */
export async function gateConformance(
  target: GateConformanceTarget,
): Promise<readonly ConformanceResult[]> {
  const { app, tls } = target
  return withServer(
    app,
    async (running) => tryAll(target, running),
    tls === undefined ? {} : { tls },
  )
}

type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3']

/** One client at a time: so does {@link RunningServer.connectAs}. */
type Try = (
  client: TestClientCredentials,
  tlsVersion: TlsVersion,
  headers?: Readonly<Record<string, string>>,
) => Promise<ConnectionReport>

async function tryAll(
  { pki, path, protocol = 'http/1.1', status = 200 }: GateConformanceTarget,
  { connectAs }: RunningServer,
): Promise<readonly ConformanceResult[]> {
  const attempt: Try = async (client, tlsVersion, headers = {}) =>
    connectAs(client, { path, protocol, tlsVersion, headers })
  const accepted = await pki.client('accepted')
  const spoken = await spokenVersions(attempt, accepted, status)
  const clients = await Promise.all(testedKinds.map(async (kind) => pki.client(kind)))
  return Promise.all(
    spoken.flatMap((version) => {
      const tried = clients.map(async (client) => tryKind({ attempt, version, status }, client))
      return tried.concat(tryForged({ attempt, version, status }, accepted))
    }),
  )
}

/** Those over which the accepted client is let in. */
async function spokenVersions(
  attempt: Try,
  accepted: TestClientCredentials,
  status: number,
): Promise<readonly TlsVersion[]> {
  const reports = await Promise.all(versions.map(async (version) => attempt(accepted, version)))
  const spoken = versions.filter((_, index) => reports[index]?.answer?.status === status)
  if (spoken.length > 0) return spoken
  const seen = reports.map(describeReport).join('; ')
  throw optionError('gateConformance', `the accepted client is not answered ${status}: ${seen}`)
}

/** All but whom its own library refuses, who never gets to a server. */
const testedKinds = (Object.keys(clientKinds) as ClientKind[]).filter(
  (kind) => clientKinds[kind].stoppedAt !== 'client',
)

interface Trial {
  readonly attempt: Try
  readonly version: TlsVersion
  readonly status: number
}

async function tryKind(
  { attempt, version, status }: Trial,
  client: TestClientCredentials,
): Promise<ConformanceResult> {
  const { stoppedAt } = clientKinds[client.name as ClientKind]
  const report = await attempt(client, version)
  const because = describeReport(report)
  const who = `a client ${client.label}`
  if (stoppedAt === null) {
    const holds = report.answer?.status === status
    return { name: `${version}: ${who} is answered ${status}`, holds, because }
  }
  if (stoppedAt === 'tls') {
    const holds = report.serverHandshake === 'refused' && report.answer === null
    return { name: `${version}: ${who} is refused in TLS`, holds, because }
  }
  const holds = report.answer?.status === 401 || report.answer?.status === 403
  return { name: `${version}: ${who} is answered 401 or 403`, holds, because }
}

/** Headers that name somebody else must neither help a client nor harm it. */
async function tryForged(
  { attempt, version, status }: Trial,
  accepted: TestClientCredentials,
): Promise<ConformanceResult> {
  const honest = await attempt(accepted, version)
  const forged = await attempt(accepted, version, forgedHeaders(String(accepted.certificate)))
  const holds = forged.answer?.status === status && forged.answer.body === honest.answer?.body
  const name = `${version}: identity headers of a client change nothing`
  return { name, holds, because: describeReport(forged) }
}
