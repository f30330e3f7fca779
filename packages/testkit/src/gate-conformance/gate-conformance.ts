import { optionError } from '@peergate/core/options'
import type { ConformanceResult } from '../conformance-result.js'
import { anotherClient } from '../connection/another-client.js'
import { clientKinds } from '../connection/client-kinds.js'
import type { ClientKind, StoppedAt } from '../connection/client-kinds.js'
import { describeReport, isRefusedInTls } from '../connection/connection-report.js'
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
  /** The one that is tried; both by default, as far as the server speaks them. */
  readonly protocol?: 'h2' | 'http/1.1'
}

/**
 * Lets every kind of client try a server of the user’s own, over each version of TLS and of HTTP that it
 * speaks, and tells which rules of a strict gate hold: who is to be refused is refused in TLS, before a byte of HTTP;
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
type Protocol = 'h2' | 'http/1.1'

/** What a client speaks. */
interface Language {
  readonly tlsVersion: TlsVersion
  readonly protocol: Protocol
}

const tlsVersions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3']
const protocols: readonly Protocol[] = ['http/1.1', 'h2']

/** One client at a time: so does {@link RunningServer.connectAs}. */
type Try = (
  client: TestClientCredentials,
  language: Language,
  headers?: Readonly<Record<string, string>>,
) => Promise<ConnectionReport>

async function tryAll(
  { pki, path, protocol, status = 200 }: GateConformanceTarget,
  { connectAs }: RunningServer,
): Promise<readonly ConformanceResult[]> {
  const attempt: Try = async (client, language, headers = {}) =>
    connectAs(client, { path, headers, ...language })
  const wanted = protocol === undefined ? protocols : [protocol]
  const languages = tlsVersions.flatMap((tlsVersion) =>
    wanted.map((each): Language => ({ tlsVersion, protocol: each })),
  )
  const accepted = await pki.client('accepted')
  const spoken = await chooseSpoken({ attempt, accepted, status }, languages)
  const clients = await Promise.all(testedKinds.map(async (kind) => pki.client(kind)))
  const another = await pki.issueClient(anotherClient)
  const [nobody, nameless] = await Promise.all([pki.client('none'), pki.client('no-identity')])
  const results = spoken.map(async (language) => {
    const trial: Trial = { attempt, language, status }
    const tried = clients.map(async (client) => tryKind(trial, client))
    const forged = tryForged(trial, { accepted, another, nobody, nameless })
    return (await Promise.all(tried)).concat(await forged)
  })
  return (await Promise.all(results)).flat()
}

/**
 * Those in which the accepted client got past TLS, and of HTTP/2 those in which it was answered: a server
 * that does not speak it may go on in HTTP/1.1.
 */
async function chooseSpoken(
  {
    attempt,
    accepted,
    status,
  }: Pick<Trial, 'attempt' | 'status'> & { accepted: TestClientCredentials },
  languages: readonly Language[],
): Promise<readonly Language[]> {
  const reports = await Promise.all(languages.map(async (one) => attempt(accepted, one)))
  const isIn = (report: ConnectionReport) => report.answer?.status === status
  if (!reports.some(isIn)) {
    const seen = reports.map(describeReport).join('; ')
    throw optionError('gateConformance', `the accepted client is not answered ${status}: ${seen}`)
  }
  return languages.filter((language, at) => {
    const { serverHandshake, answer } = reports[at] as ConnectionReport
    return serverHandshake === 'completed' && (language.protocol === 'http/1.1' || answer !== null)
  })
}

/** All but whom its own library refuses, who never gets to a server. */
const testedKinds = (Object.keys(clientKinds) as ClientKind[]).filter(
  (kind) => clientKinds[kind].stoppedAt !== 'client',
)

interface Trial {
  readonly attempt: Try
  readonly language: Language
  readonly status: number
}

function nameOf({ tlsVersion, protocol }: Language, rule: string): string {
  return `${tlsVersion}, ${protocol}: ${rule}`
}

async function tryKind(
  { attempt, language, status }: Trial,
  client: TestClientCredentials,
): Promise<ConformanceResult> {
  const report = await attempt(client, language)
  const who = `a client ${client.label}`
  const { stoppedAt } = clientKinds[client.name as ClientKind]
  if (stoppedAt !== null) return judgeRefusal(language, who, stoppedAt, report)
  const holds = report.answer?.status === status
  return {
    name: nameOf(language, `${who} is answered ${status}`),
    holds,
    because: describeReport(report),
  }
}

function judgeRefusal(
  language: Language,
  who: string,
  stoppedAt: StoppedAt,
  report: ConnectionReport,
): ConformanceResult {
  const because = describeReport(report)
  if (stoppedAt === 'tls') {
    const name = nameOf(language, `${who} is refused in TLS`)
    return { name, holds: isRefusedInTls(report), because }
  }
  const holds = report.answer?.status === 401 || report.answer?.status === 403
  return { name: nameOf(language, `${who} is answered 401 or 403`), holds, because }
}

/** Headers that name another client must neither help a client nor harm it. */
async function tryForged(
  { attempt, language }: Trial,
  clients: Readonly<Record<'accepted' | 'another' | 'nameless' | 'nobody', TestClientCredentials>>,
): Promise<readonly ConformanceResult[]> {
  const { accepted, another } = clients
  const honest = await attempt(accepted, language)
  const forged = await attempt(accepted, language, forgedHeaders(String(another.certificate)))
  const again = await attempt(accepted, language)
  const isStable = honest.answer?.body === again.answer?.body
  const isSame = !isStable || forged.answer?.body === honest.answer?.body
  const name = nameOf(language, 'headers that name another client change nothing')
  const holds = forged.answer?.status === honest.answer?.status && isSame
  const stolen = forgedHeaders(String(accepted.certificate))
  const helped = (
    [
      ['nobody', 'tls'],
      ['nameless', 'identity'],
    ] as const
  ).map(async ([role, stoppedAt]) => {
    const { [role]: client } = clients
    const who = `with the headers of another, a client ${client.label}`
    return judgeRefusal(language, who, stoppedAt, await attempt(client, language, stolen))
  })
  return [{ name, holds, because: describeReport(forged) }, ...(await Promise.all(helped))]
}
