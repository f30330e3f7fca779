import { identityRows, noIdentity } from '../certificate/format-identities.js'
import { exitCodes } from '../output/exit-code.js'
import type { ExitCode } from '../output/exit-code.js'
import { formatTable } from '../output/table.js'
import { visible } from '../output/visible.js'
import { tint } from '../output/terminal.js'
import type { Terminal } from '../output/terminal.js'
import { inspectFile } from './inspect-file.js'
import type {
  InspectedCertificate,
  InspectedFile,
  InspectedItem,
  InspectedList,
  Problem,
} from './inspection.js'
import { toJson } from '../output/to-json.js'

/** `peergate inspect` */
export function runInspect(
  files: readonly string[],
  { json = false }: { readonly json?: boolean },
  terminal: Terminal,
): ExitCode {
  const now = Date.now()
  const inspected = files.map((file) => inspectFile(file, now))
  const text = json
    ? toJson(inspected)
    : inspected.map((file) => formatFile(file, terminal)).join('\n')
  terminal.write(text)
  const isSound = inspected.every(({ problems, items }) =>
    [problems, ...items.map((item) => item.problems)].every((list) => list.length === 0),
  )
  return isSound ? exitCodes.holds : exitCodes.finding
}

function formatFile({ file, holds, items, problems }: InspectedFile, terminal: Terminal): string {
  const count = items.length > 1 ? `, ${items.length} blocks` : ''
  const head = `${tint(terminal, 'strong', visible(file))}: ${holds}${count}`
  const blocks = items.map((item, at) =>
    formatItem(item, items.length > 1 ? `${at + 1}. ` : '', terminal),
  )
  const own = problems.map((problem) => formatProblem(problem, terminal))
  return `${[head, ...blocks, ...own].join('\n')}\n`
}

function formatItem(item: InspectedItem, number: string, terminal: Terminal): string {
  const { columns } = terminal
  const title = `${number}${item.type}${'label' in item ? ` (${item.label})` : ''}`
  const tables = tablesOf(item).map((rows) => formatTable(null, rows, columns))
  return [
    title,
    ...tables,
    ...item.problems.map((problem) => formatProblem(problem, terminal)),
  ].join('\n')
}

type Rows = readonly (readonly [string, string])[]

function tablesOf(item: InspectedItem): readonly Rows[] {
  if (item.type === 'certificate') return [[...certificateRows(item), ...namedRows(item)]]
  return item.type === 'revocation list' ? [listRows(item)] : []
}

function namedRows({ identities }: InspectedCertificate): Rows {
  return identityRows(identities).map(([rule, text]) => [
    rule === noIdentity ? rule : `as ${rule}`,
    text,
  ])
}

function certificateRows(certificate: InspectedCertificate): Rows {
  const { subject, issuer, serialNumber, notBefore, notAfter, key, names, roles } = certificate
  return [
    ['subject', subject === '' ? 'empty' : subject],
    ['issuer', issuer],
    ['serial number', serialNumber],
    ['valid', `${notBefore} to ${notAfter}`],
    ['key', key],
    ['names', names.length === 0 ? 'none' : names.map(visible).join('\n')],
    ['fits as', roles.length === 0 ? 'nothing' : roles.join(', ')],
  ]
}

function listRows({ issuer, thisUpdate, nextUpdate, revoked }: InspectedList): Rows {
  return [
    ['issuer', issuer],
    ['in force', `${thisUpdate} to ${nextUpdate}`],
    ['revokes', revoked === 1 ? '1 certificate' : `${revoked} certificates`],
  ]
}

function formatProblem({ what, remedy }: Problem, terminal: Terminal): string {
  return `  ${tint(terminal, 'bad', 'problem')} ${what}; ${remedy}`
}
