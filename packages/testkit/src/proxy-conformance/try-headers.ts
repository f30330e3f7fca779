import type { ConformanceResult } from '../conformance-result.js'
import { describeAnswer, describePlace, isRefused } from './describe-answer.js'
import { foreignLines } from './foreign-lines.js'
import type { ProxyAnswer } from './ask-proxy.js'
import type { ProxyTrial } from './proxy-trial.js'
import type { HeaderLines } from './record-requests.js'

/** Lets an accepted client send headers that are the proxy’s to send. */
export async function tryHeaders(trial: ProxyTrial): Promise<readonly ConformanceResult[]> {
  const { ask, host, path, accepted: client } = trial
  const honest = await ask({ host, path, client })
  const tried = attempts.filter(({ change }) => change(trial.stolen).length > 0)
  return Promise.all(
    tried.map(async ({ what, change, isSound }) => {
      const sent = change(trial.stolen)
      const answer = await ask({ host, path, client, lines: sent })
      const name = `${describePlace(trial)}: ${what}`
      return { name, holds: isSound(sent, answer, honest), because: describeAnswer(answer) }
    }),
  )
}

/** What some software takes for one another in the names of headers. */
export const marks = ['_', '.', '-'] as const

/** The lines whose names are others with this mark between words. */
export function respell(lines: HeaderLines, mark: string): HeaderLines {
  return lines.flatMap(([name, value]) => {
    const alias = name.replaceAll(/[-_.]/gu, mark)
    return alias === name ? [] : [[alias, value] as const]
  })
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
    what: 'headers in capitals do not arrive',
    change: (stolen) => stolen.map(([name, value]) => [name.toUpperCase(), value]),
    isSound: isForgotten,
  },
  {
    what: 'malformed headers do not arrive',
    change: (stolen) => stolen.map(([name]) => [name, '%zz;="malformed by the conformance suite']),
    isSound: isForgotten,
  },
  ...marks.map((mark): Attempt => ({
    what: `headers with "${mark}" between words do not arrive where the request is answered`,
    change: (stolen) => respell(stolen, mark),
    isSound: (sent, answer, honest) =>
      isTurnedDown(answer) || foreignLines(sent, answer, honest).length === 0,
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
