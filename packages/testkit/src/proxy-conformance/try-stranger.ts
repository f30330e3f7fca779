import type { ConformanceResult } from '../conformance-result.js'
import type { TestClientCredentials } from '../connection/test-pki.js'
import type { ProxyAnswer, ProxyRequest, TlsVersion } from './ask-proxy.js'
import { describeAnswer, describePlace, isRefused } from './describe-answer.js'
import { foreignLines } from './foreign-lines.js'
import type { ProxyTrial } from './proxy-trial.js'
import { marks, respell } from './try-headers.js'

/** Lets a client try that has to be refused: as it is, with the headers of another, and once again. */
export async function tryStranger(
  trial: ProxyTrial,
  client: TestClientCredentials,
): Promise<readonly ConformanceResult[]> {
  const results = versions.map(async (version) => tryVersion(trial, client, version))
  return (await Promise.all(results)).flat()
}

const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3']

async function tryVersion(
  { ask, host, path, stolen }: ProxyTrial,
  client: TestClientCredentials,
  version: TlsVersion,
): Promise<readonly ConformanceResult[]> {
  const request: ProxyRequest = { client, host, path, version }
  const honest = await ask(request)
  const again = await ask({ ...request, session: honest.session })
  const forged = await ask({ ...request, lines: stolen })
  const aliases = marks.flatMap((mark) => respell(stolen, mark))
  const aliased = await ask({ ...request, lines: aliases })
  const who = `${describePlace({ host, path })}: ${version}: a client ${client.label}`
  return [
    refusal(`${who} is refused`, honest),
    refusal(`${who} is refused when it comes again`, again),
    refusal(`${who} is refused with the headers of another`, forged),
    refusal(`${who} is refused with them spelt otherwise`, aliased),
    {
      name: `${who} gets no header of its own to the backend`,
      holds: foreignLines(stolen, forged, honest).length === 0,
      because: describeAnswer(forged),
    },
  ]
}

function refusal(name: string, answer: ProxyAnswer): ConformanceResult {
  return { name, holds: isRefused(answer), because: describeAnswer(answer) }
}
