import { formatPath } from './inventory.js'
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

function formatRoute(route: InventoryRoute): Row {
  return [route.method, formatPath(route), formatRequirement(route), formatIdentities(route)]
}

function formatRequirement({ requirement, shadow }: InventoryRoute): string {
  return shadow === undefined ? requirement : `${requirement}, shadow ${shadow}`
}

function formatIdentities(route: InventoryRoute): readonly string[] {
  const { requirement, permissions, identities, alternatives = [] } = route
  if (permissions.length === 0) return [bare.get(requirement) ?? 'any identity that meets it']
  const others = alternatives.map((part) => `any identity that meets ${part}`)
  if (identities.length === 0) return ['nobody by a grant', ...others]
  const holders = identities.map((identity) => formatIdentity(identity, permissions.length > 1))
  return [...holders, ...others]
}

/** Who meets the requirements that ask for nothing which differs between peers. */
const bare = new Map([
  ['closed', 'nobody'],
  ['publicRoute', 'anybody'],
  ['authenticated', 'any identity'],
])

/** Names the permission only where there are several. */
function formatIdentity(
  { permission, effect, peers, conditions }: InventoryIdentity,
  isOneOfSeveral: boolean,
): string {
  const subject = isOneOfSeveral ? `${permission}: ${peers}` : peers
  const needs = conditions.length === 0 ? '' : `, needs ${conditions.join(' and ')}`
  return effect === 'allow' ? `${subject}${needs}` : `not ${subject}${needs}`
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

/**
 * As code, so that no name of a route or a peer becomes markup: between more backticks than there are
 * in it (CommonMark 0.31 §6.1), with a space where it begins or ends with one.
 */
function formatCode(text: string): string {
  const runs = text.match(/`+/gu) ?? []
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1)
  const space = /^`|`$/u.test(text) ? ' ' : ''
  return [fence, text.replaceAll('|', String.raw`\|`), fence].join(space)
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
        .map((cell, column) => cell.padEnd(Number(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
