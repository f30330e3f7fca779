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

const judgements: ReadonlyMap<boolean | null, string> = new Map([
  [true, 'holds'],
  [false, 'does not hold'],
  [null, 'cannot be told'],
])

function formatNumber(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}
