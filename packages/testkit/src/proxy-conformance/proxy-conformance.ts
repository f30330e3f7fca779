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
import type { HeaderLines } from './record-requests.js'

/**
 * Lets clients try a proxy and its backend, at every path of every host, and tells which rules hold:
 * whoever does not verify is refused; no header that a client sends, as it is, doubled, malformed or
 * spelt otherwise, reaches the backend as if it were of the proxy. What is forged is what the proxy
 * itself says of another client, and what arrives is read at the backend, so that a fault is found
 * which the backend of today happens to withstand.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for options that are wrong, and where no place
 * answers the accepted client or no header of it arrives, since every refusal would prove nothing then
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
  const results = await Promise.all(
    trials.flatMap((trial) => {
      const refusals = strangers.map(async (stranger) => tryStranger(trial, stranger))
      return [tryAccepted(trial, target), tryHeaders(trial)].concat(refusals)
    }),
  )
  return results.flat()
}

/** What the proxy says of another client than the one who will send it. */
async function steal(
  { hosts, paths, pki, status }: ParsedTarget,
  { ask }: Pick<ProxyConversation, 'ask'>,
): Promise<HeaderLines> {
  const client = await pki.issueClient()
  const places = hosts.flatMap((host) => paths.map((path) => ({ host, path })))
  const answers = await Promise.all(places.map(async (place) => ask({ ...place, client })))
  const named = answers.find((answer) => answer.status === status && answer.arrived.length > 0)
  if (named !== undefined) return named.arrived
  const seen = places.map(
    (place, at) => `${describePlace(place)}: ${describeAnswer(answers[at] as ProxyAnswer)}`,
  )
  const fault = `no place answers an accepted client with ${status} and tells the backend who it is`
  throw optionError('proxyConformance', `${fault}: ${seen.join('; ')}`)
}

async function tryAccepted(
  { ask, host, path, accepted: client }: ProxyTrial,
  { status }: ParsedTarget,
): Promise<readonly ConformanceResult[]> {
  const answer = await ask({ host, path, client })
  const name = `${describePlace({ host, path })}: an accepted client is answered ${status}`
  return [{ name, holds: answer.status === status, because: describeAnswer(answer) }]
}
