import type { InventoryIdentity, InventoryRoute } from './inventory.js'

const titles = ['Method', 'Path', 'Requirement', 'Identities'] as const

/**
 * An inventory as a text: `table` for a terminal, with columns in line, or `markdown` for a review.
 *
 * @example
 * ```ts
 * console.log(formatInventory(gate.inventory(), 'markdown'))
 * ```
 */
export function formatInventory(
  inventory: readonly InventoryRoute[],
  format: 'markdown' | 'table' = 'table',
): string {
  const rows = inventory.map(formatRoute)
  return format === 'markdown' ? formatMarkdown(rows) : formatTable(rows)
}

/** The cells of a route; the last one has a line for each grant. */
type Row = readonly [
  method: string,
  path: string,
  requirement: string,
  identities: readonly string[],
]

function formatRoute({ method, path, requirement, identities }: InventoryRoute): Row {
  return [method, path, requirement, formatIdentities(requirement, identities)]
}

function formatIdentities(
  requirement: string,
  identities: readonly InventoryIdentity[],
): readonly string[] {
  if (requirement === 'publicRoute') return ['anybody']
  if (requirement === 'authenticated') return ['any identity']
  return identities.length === 0
    ? ['nobody by a grant']
    : identities.map(formatIdentity(identities))
}

/** Names the permission only where there are several. */
function formatIdentity(
  identities: readonly InventoryIdentity[],
): (identity: InventoryIdentity) => string {
  const isOne = new Set(identities.map(({ permission }) => permission)).size === 1
  return ({ permission, effect, peers, conditions }) => {
    const subject = isOne ? peers : `${permission}: ${peers}`
    const needs = conditions.length === 0 ? '' : `, needs ${conditions.join(' and ')}`
    return effect === 'allow' ? `${subject}${needs}` : `not ${subject}${needs}`
  }
}

function formatMarkdown(rows: readonly Row[]): string {
  return [
    `| ${titles.join(' | ')} |`,
    `|${titles.map(() => ' --- |').join('')}`,
    ...rows.map(([method, path, requirement, identities]) => {
      const cells = [method, path, requirement].map(formatCode)
      return `| ${[...cells, identities.map(formatCode).join('<br>')].join(' | ')} |`
    }),
  ].join('\n')
}

/** As code, so that no name of a route or a peer becomes markup. */
function formatCode(text: string): string {
  const fence = text.includes('`') ? '``' : '`'
  return `${fence}${text.replaceAll('|', String.raw`\|`)}${fence}`
}

function formatTable(rows: readonly Row[]): string {
  const lines = rows.flatMap(([method, path, requirement, identities]) =>
    identities.map((identity, index) =>
      index === 0 ? [method, path, requirement, identity] : ['', '', '', identity],
    ),
  )
  const table = [titles, ...lines]
  const widths = titles.map((_title, column) =>
    Math.max(...table.map((cells) => String(cells[column]).length)),
  )
  return table
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
