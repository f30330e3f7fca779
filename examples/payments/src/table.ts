import type { CheckedRow } from './walk.js'

const columns: readonly { readonly title: string; readonly cell: (row: CheckedRow) => string }[] = [
  { title: 'client', cell: ({ client }) => client },
  { title: 'asked for', cell: ({ request }) => request },
  { title: 'decided by', cell: ({ layer }) => (layer === 'tls' ? 'TLS gate' : 'gate') },
  { title: 'status', cell: ({ status }) => String(status ?? '-') },
  { title: 'why', cell: ({ code }) => code?.replace('ERR_PEERGATE_', '') ?? '-' },
  { title: 'server’s reason', cell: ({ serverReason }) => serverReason ?? '-' },
  { title: 'client saw', cell: ({ clientSaw }) => clientSaw },
  { title: '', cell: ({ asDeclared }) => (asDeclared ? '✓' : '✗ not as declared') },
]

/** The rows of one framework as a table of plain text. */
export function formatTable(rows: readonly CheckedRow[]): string {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)))
  const titles = columns.map(({ title }) => title)
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const rule = widths.map((width) => '─'.repeat(width))
  return [titles, rule, ...cells]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
