import CliTable from 'cli-table3'
import stringWidth from 'string-width'
import { wrapText } from './wrap-text.js'

/**
 * Rows in columns, indented; a cell that is too long goes on in the next line.
 *
 * @param titles one for each column; null for none
 * @param columns the width of the terminal
 */
export function formatTable(
  titles: readonly string[] | null,
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const all = titles === null ? rows : [titles, ...rows]
  const widths = fit(all, columns - indent.length)
  const table = new CliTable({
    chars: borderless,
    colWidths: [...widths],
    ...(titles !== null && { head: [...titles] }),
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
function fit(rows: readonly (readonly string[])[], columns: number): readonly number[] {
  const count = Math.max(...rows.map((row) => row.length))
  const widths = Array.from(
    { length: count },
    (_, at) => Math.max(...rows.map((row) => longestLine(row[at] ?? ''))) + gap,
  )
  let spare = columns - widths.reduce((sum, width) => sum + width, 0)
  while (spare < 0 && Math.max(...widths) > leastWidth) {
    const widest = widths.indexOf(Math.max(...widths))
    widths.splice(widest, 1, Math.max(...widths) - 1)
    spare += 1
  }
  return widths
}

const leastWidth = 8

function longestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => stringWidth(line)))
}
