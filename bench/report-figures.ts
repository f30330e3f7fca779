import type { Figure } from './figure.js'
import { formatMarkdownTable } from './markdown-table.js'

/** A line for each figure. */
export function formatFigures(figures: readonly Figure[]): string {
  const lines = figures.map(({ figure, goal, value, spread, holds }) => {
    const [, , unit = ''] = goal.split(' ')
    const measured = `${formatNumber(value)} ${unit}`.trim()
    return [figure, goal, judgements.get(holds) ?? '', measured, `± ${formatNumber(spread)}`]
  })
  return formatMarkdownTable(['figure', 'to reach', 'judgement', 'measured', 'spread'], lines, 3)
}

/** A line for each server under load; a field that is judged more than once is listed once. */
export function formatServers(figures: readonly Figure[]): string {
  const fields = new Map(
    figures.flatMap(({ contestants }) => {
      const [{ field } = {}] = contestants
      return field === undefined ? [] : [[field, contestants] as const]
    }),
  )
  const lines = Array.from(fields).flatMap(([field, contestants]) =>
    contestants.map(({ name, measured, throughput = Number.NaN }) => [
      field,
      name,
      `${formatNumber(measured)} µs`,
      Math.round(throughput).toLocaleString('en'),
    ]),
  )
  return formatMarkdownTable(['servers', 'contestant', 'CPU time', 'answers per second'], lines, 2)
}

const judgements: ReadonlyMap<boolean | null, string> = new Map([
  [true, 'holds'],
  [false, 'does not hold'],
  [null, 'cannot be told'],
])

function formatNumber(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}
