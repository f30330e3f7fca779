import { optionError } from '@peergate/core/options'
import type { ConformanceResult } from '../conformance-result.js'
import { openConversation } from './ask-proxy.js'
import type { ProxyAnswer, ProxyConversation } from './ask-proxy.js'
import { describeAnswer, describePlace } from './describe-answer.js'
import { tryHeaders } from './try-headers.js'
import { tryStranger } from './try-stranger.js'
import type { ProxyTrial } from './proxy-trial.js'
import { parseTarget } from './proxy-conformance-target.js'
import type { ParsedTarget, ProxyConformanceTarget } from './proxy-conformance-target.js'
import { anotherClient } from '../connection/another-client.js'
import type { TestClientCredentials } from '../connection/test-pki.js'
import type { HeaderLines } from './record-requests.js'

/**
 * Lets clients try a proxy and its backend, at every path of every host, and tells which rules hold:
 * whoever does not verify is refused; no header that a client sends, as it is, doubled, malformed or
 * spelt otherwise, reaches the backend as if it were of the proxy. What is forged is what the proxy
 * itself says of another client, and what arrives is read at the backend, so that a fault is found
 * which the backend of today happens to withstand.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for options that are wrong, and where the backend is
 * told nowhere who an accepted client is, since every refusal would prove nothing then
 *
 * @example
 * ```ts
 * const headers = ['X-SSL-Client-Cert', 'X-SSL-Client-Verify']
 * for (const { name, holds, because } of await proxyConformance({ port: 8443, backend, headers, pki })) {
 *   test(name, () => assert.ok(holds, because))
 * }
 * ```
 */
export async function proxyConformance(
  target: ProxyConformanceTarget,
): Promise<readonly ConformanceResult[]> {
  const parsed = parseTarget(target)
  const conversation = openConversation(parsed)
  try {
    return await tryPlaces(parsed, conversation)
  } finally {
    conversation.stop()
  }
}

async function tryPlaces(
  target: ParsedTarget,
  { ask }: ProxyConversation,
): Promise<readonly ConformanceResult[]> {
  const { hosts, paths, pki, refused } = target
  const accepted = await pki.client('accepted')
  const stolen = await steal(target, { ask })
  const strangers = await Promise.all(refused.map(async (kind) => pki.client(kind)))
  const trials = hosts.flatMap((host) =>
    paths.map((path): ProxyTrial => ({ ask, host, path, accepted, stolen })),
  )
  // One after the other: a proxy that cannot keep up would look as if it refused.
  return inSeries(trials.map((trial) => async () => tryPlace(trial, target, strangers)))
}

async function tryPlace(
  trial: ProxyTrial,
  target: ParsedTarget,
  strangers: readonly TestClientCredentials[],
): Promise<readonly ConformanceResult[]> {
  const first = await tryAccepted(trial, target, 'an accepted client is answered')
  // Where nobody gets to the backend, every refusal would prove nothing.
  if (!first.reachedBackend) return [first.result]
  const further = await inSeries([
    async () => tryHeaders(trial),
    ...strangers.map((stranger) => async () => tryStranger(trial, stranger)),
  ])
  const last = await tryAccepted(trial, target, 'an accepted client is at the end answered')
  return [first.result, ...further, last.result]
}

/**
 * The header lines by which the proxy names another client to the backend; for a header that it does not
 * set, those of a value that only the kit has.
 */
async function steal(
  { hosts, paths, pki, headers }: ParsedTarget,
  { ask }: Pick<ProxyConversation, 'ask'>,
): Promise<HeaderLines> {
  // Whatever the backend answers: what arrives there is what counts.
  const client = await pki.issueClient(anotherClient)
  const places = hosts.flatMap((host) => paths.map((path) => ({ host, path })))
  const answers = await Promise.all(places.map(async (place) => ask({ ...place, client })))
  const named = answers.find(({ arrived }) => arrived.some(([, value]) => value.length > 0))
  if (named !== undefined) {
    const value = Buffer.from(String(client.certificate)).toString('base64url')
    return headers.map((header) => {
      const found = named.arrived.find(([name]) => name.toLowerCase() === header.toLowerCase())
      return found ?? ([header, value] as const)
    })
  }
  const seen = places.map(
    (place, at) => `${describePlace(place)}: ${describeAnswer(answers[at] as ProxyAnswer)}`,
  )
  const fault = 'the backend is told nowhere who an accepted client is'
  throw optionError('proxyConformance', `${fault}: ${seen.join('; ')}`)
}

async function tryAccepted(
  { ask, host, path, accepted: client }: ProxyTrial,
  { status }: ParsedTarget,
  rule: string,
): Promise<{ readonly result: ConformanceResult; readonly reachedBackend: boolean }> {
  const answer = await ask({ host, path, client })
  const { reachedBackend } = answer
  const name = `${describePlace({ host, path })}: ${rule} ${status}`
  const holds = answer.status === status && reachedBackend && answer.arrived.length > 0
  return { result: { name, holds, because: describeAnswer(answer) }, reachedBackend }
}

type Attempt = () => Promise<readonly ConformanceResult[]>

async function inSeries(attempts: readonly Attempt[]): Promise<readonly ConformanceResult[]> {
  return attempts.reduce<Promise<readonly ConformanceResult[]>>(
    async (before, attempt) => [...(await before), ...(await attempt())],
    Promise.resolve([]),
  )
}
