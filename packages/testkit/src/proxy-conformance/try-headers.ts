import type { ConformanceResult } from '../conformance-result.js'
import { describeAnswer, describePlace, isRefused } from './describe-answer.js'
import { aliasLines, foreignLines } from './foreign-lines.js'
import type { ProxyAnswer } from './ask-proxy.js'
import type { ProxyTrial } from './proxy-trial.js'
import type { HeaderLines } from './record-requests.js'

/** Lets an accepted client send headers that are the proxy’s to send. */
export async function tryHeaders(trial: ProxyTrial): Promise<readonly ConformanceResult[]> {
  const { ask, host, path, accepted: client } = trial
  const honest = await ask({ host, path, client })
  return Promise.all(
    attempts.map(async ({ what, change, isSound }) => {
      const sent = change(trial.stolen)
      const answer = await ask({ host, path, client, lines: sent })
      const name = `${describePlace(trial)}: ${what}`
      return { name, holds: isSound(sent, answer, honest), because: describeAnswer(answer) }
    }),
  )
}

interface Attempt {
  readonly what: string
  readonly change: (stolen: HeaderLines) => HeaderLines
  readonly isSound: (sent: HeaderLines, answer: ProxyAnswer, honest: ProxyAnswer) => boolean
}

const attempts: readonly Attempt[] = [
  {
    what: 'headers that name another client do not arrive',
    change: (stolen) => stolen,
    isSound: isForgotten,
  },
  {
    what: 'headers that are sent twice do not arrive',
    change: (stolen) => [...stolen, ...stolen],
    isSound: isForgotten,
  },
  {
    what: 'malformed headers do not arrive',
    change: (stolen) => stolen.map(([name]) => [name, `%zz;="forged`]),
    isSound: isForgotten,
  },
  ...['_', '.'].map((mark): Attempt => ({
    what: `headers with "${mark}" for "-" do not arrive where the request is answered`,
    change: (stolen) => stolen.map(([name, value]) => [name.replaceAll('-', mark), value]),
    isSound: (_sent, answer) => isTurnedDown(answer) || aliasLines(answer).length === 0,
  })),
  {
    what: 'the headers cannot be taken away by "Connection" where the request is answered',
    change: (stolen) => [['Connection', ['close', ...stolen.map(([name]) => name)].join(', ')]],
    isSound: (_sent, answer, honest) =>
      isTurnedDown(answer) || answer.arrived.length === honest.arrived.length,
  },
]

function isForgotten(sent: HeaderLines, answer: ProxyAnswer, honest: ProxyAnswer): boolean {
  return foreignLines(sent, answer, honest).length === 0
}

/** A proxy may refuse such a request by itself. */
function isTurnedDown(answer: ProxyAnswer): boolean {
  return isRefused(answer) || answer.status === 400
}
