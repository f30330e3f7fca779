/** A table in Markdown whose first `texts` columns hold text, and the others figures. */
export function formatMarkdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  texts: number,
): string {
  const widths = titles.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const rule = widths.map((width, column) =>
    column < texts ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  )
  const lines = [titles, rule, ...rows].map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0
      return column < texts ? cell.padEnd(width) : cell.padStart(width)
    }),
  )
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
