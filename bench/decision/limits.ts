import { allocates } from '../measure.js'
import { formatBytes, formatNanoseconds } from './format-cost.js'
import type { Measurement } from './measure-contender.js'
import type { Question } from './work.js'

/** What a decision of the gate may cost, and what it did. */
export interface JudgedLimit {
  readonly question: Question
  readonly limit: string
  readonly measured: string
  readonly holds: boolean
}

/** Every limit of the gate's decision, judged by what `contender` cost among 10 and among 10,000. */
export function judgeLimits(
  measurements: readonly Measurement[],
  contender: string,
): readonly JudgedLimit[] {
  const own = measurements.filter((measurement) => measurement.contender === contender)
  return (['allowed', 'denied'] as const).flatMap((question) => {
    const asked = own.filter((measurement) => measurement.question === question)
    const warm = asked.filter(({ state }) => state === 'warm')
    const cold = asked.filter(({ state }) => state === 'cold')
    return [
      { question, ...judgeWarm(warm) },
      { question, ...judgeGrowth(warm) },
      { question, ...judgeBytes(warm) },
      { question, ...judgeCold(cold) },
    ]
  })
}

type Judgement = Omit<JudgedLimit, 'question'>

function judgeWarm(warm: readonly Measurement[]): Judgement {
  const most = Math.max(...warm.map(({ nanoseconds }) => nanoseconds))
  return {
    limit: 'warm: at most 1 µs',
    measured: formatNanoseconds(most),
    holds: most <= 1_000,
  }
}

function judgeGrowth(warm: readonly Measurement[]): Judgement {
  const growth = nanosecondsAmong(warm, 10_000) / nanosecondsAmong(warm, 10)
  return {
    limit: 'warm: among 10,000 at most 1.5 times as much as among 10',
    measured: `${growth.toFixed(2)} times`,
    holds: growth <= 1.5,
  }
}

function judgeBytes(warm: readonly Measurement[]): Judgement {
  const most = warm.some(({ bytes }) => bytes === null)
    ? null
    : Math.max(...warm.map(({ bytes }) => bytes ?? 0))
  return {
    limit: 'warm: nothing allocated',
    measured: formatBytes(most),
    holds: !allocates({ bytes: most }),
  }
}

function judgeCold(cold: readonly Measurement[]): Judgement {
  const among = nanosecondsAmong(cold, 10_000)
  return {
    limit: 'cold: at most 10 µs among 10,000',
    measured: formatNanoseconds(among),
    holds: among <= 10_000,
  }
}

/** NaN, which is within no limit, where it was not measured. */
function nanosecondsAmong(measurements: readonly Measurement[], grants: number): number {
  return measurements.find((one) => one.grants === grants)?.nanoseconds ?? Number.NaN
}
