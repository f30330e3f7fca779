import { formatMarkdownTable } from '../markdown-table.js'
import { formatBytes, formatNanoseconds } from './format-cost.js'
import type { JudgedLimit } from './limits.js'
import type { Measurement } from './measure-contender.js'

/** A line for each contender, state and question, with a column for each number of grants. */
export function formatMeasurements(measurements: readonly Measurement[]): string {
  const sizes = [...new Set(measurements.map(({ grants }) => grants))]
  const columns = sizes.map((grants) => `${grants.toLocaleString('en')} grants`)
  const lines = measurements
    .filter(({ grants }) => grants === sizes[0])
    .map((one) =>
      formatLine(
        one,
        measurements.filter((other) => isOfLine(other, one)),
      ),
    )
  return formatMarkdownTable(['decision', 'state', 'answer', ...columns, 'allocated'], lines, 3)
}

export function formatLimits(limits: readonly JudgedLimit[]): string {
  const lines = limits.map(({ question, limit, measured, holds }) => [
    limit,
    question,
    holds ? 'holds' : 'does not hold',
    measured,
  ])
  return formatMarkdownTable(['limit', 'answer', 'judgement', 'measured'], lines, 3)
}

function isOfLine(other: Measurement, { contender, state, question }: Measurement): boolean {
  return other.contender === contender && other.state === state && other.question === question
}

function formatLine(
  { contender, state, question }: Measurement,
  line: readonly Measurement[],
): readonly string[] {
  const costs = line.map(({ nanoseconds }) => formatNanoseconds(nanoseconds))
  return [contender, state, question, ...costs, formatBytes(line.at(-1)?.bytes ?? null)]
}
