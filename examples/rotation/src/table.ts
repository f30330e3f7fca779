/** Lines of cells, one below the other, under their titles. */
export function formatTable(
  titles: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const lines = [titles, ...rows].map((row) => row.map(String))
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => width(line[column]))))
  const [head = [], ...body] = lines
  return [head, widths.map((each) => '─'.repeat(each)), ...body]
    .map((line) => line.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  '))
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}

function width(cell: string | undefined): number {
  return cell?.length ?? 0
}

/** Numbers, with their unit or without, stand on the right. */
function pad(cell: string, length: number): string {
  return /^\d+(?: ms)?$/u.test(cell) ? cell.padStart(length) : cell.padEnd(length)
}
