import type { CheckedRow } from './walk.js'

type Column = readonly [title: string, cell: (row: CheckedRow) => string]

const mark: Column = ['', ({ asDeclared }) => (asDeclared ? '✓' : '✗')]

const answeredColumns: readonly Column[] = [
  ['answered over HTTP', ({ client }) => client],
  ['asked for', ({ request }) => request],
  ['client saw', ({ clientSaw, code }) => [clientSaw, code ?? ''].join(' ').trim()],
  mark,
]

const refusedColumns: readonly Column[] = [
  ['refused before HTTP', ({ client }) => client],
  ['server’s reason', ({ serverReason }) => serverReason ?? 'unknown'],
  ['client saw', ({ clientSaw }) => clientSaw],
  mark,
]

/** The rows of one framework: who reached HTTP, and who was refused in the handshake. */
export function formatRows(rows: readonly CheckedRow[]): string {
  return [
    formatTable(
      answeredColumns,
      rows.filter(({ layer }) => layer === 'http'),
    ),
    formatTable(
      refusedColumns,
      rows.filter(({ layer }) => layer === 'tls'),
    ),
  ].join('\n\n')
}

function formatTable(columns: readonly Column[], rows: readonly CheckedRow[]): string {
  const cells = rows.map((row) => columns.map(([, cell]) => cell(row)))
  const titles = columns.map(([title]) => title)
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
  )
  const rule = widths.map((width) => '─'.repeat(width))
  return [titles, rule, ...cells]
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}
