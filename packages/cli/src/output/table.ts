import CliTable from 'cli-table3'
import { plainLength, wrapText } from './wrap-text.js'

/** Rows in columns under their titles, indented; a cell that is too long goes on in the next line. */
export function formatTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const widths = fit(titles, rows, columns - indent.length)
  const table = new CliTable({
    chars: borderless,
    colWidths: [...widths],
    head: [...titles],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
  })
  table.push(...rows.map((row) => row.map((cell, at) => wrapCell(cell, widths[at]))))
  return table
    .toString()
    .split('\n')
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n')
}

function wrapCell(cell: string, width = leastWidth): string {
  return wrapText(cell, width - gap).join('\n')
}

const indent = '  '
const gap = 2

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

/** As wide as their longest cell, and the widest shorter as long as all do not fit. */
function fit(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): readonly number[] {
  const widths = titles.map(
    (title, at) => Math.max(title.length, ...rows.map((row) => longestLine(row[at] ?? ''))) + gap,
  )
  const total = (): number => widths.reduce((sum, width) => sum + width, 0)
  while (total() > columns) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= leastWidth) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

const leastWidth = 8

function longestLine(text: string): number {
  return Math.max(...text.split('\n').map(plainLength))
}
