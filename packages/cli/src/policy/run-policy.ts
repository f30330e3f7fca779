import { PeerGateError } from '@peergate/core'
import type { InventoryIdentity, PeerGateErrorCode } from '@peergate/core'
import { UsageError, exitCodes } from '../output/exit-code.js'
import type { ExitCode } from '../output/exit-code.js'
import { formatTable } from '../output/table.js'
import { visible } from '../output/visible.js'
import { tint } from '../output/terminal.js'
import type { Terminal } from '../output/terminal.js'
import { identityFor, reviewPolicy } from './review-policy.js'
import { toJson } from '../output/to-json.js'

interface JsonFlag {
  readonly json?: boolean
}

/** `peergate policy check` */
export function runPolicyCheck(
  file: string,
  { json = false }: JsonFlag,
  terminal: Terminal,
): ExitCode {
  const { policy, faults } = check(file)
  if (json) {
    terminal.write(toJson({ file, ...policy, faults }))
  } else {
    const head = tint(terminal, 'strong', visible(file))
    const { identity, permissions, roles, grants } = policy ?? {}
    const content =
      policy === null
        ? 'not in force anywhere, since it is refused'
        : `identities of the kind ${identity}, ${permissions} permissions, ${roles} roles, ${grants} grants`
    const lines = faults.map((fault) => `  ${tint(terminal, 'bad', 'problem')} ${fault}\n`)
    terminal.write(`${head}: ${content}\n${lines.join('')}`)
  }
  return faults.length === 0 ? exitCodes.holds : exitCodes.finding
}

interface Checked {
  readonly policy: {
    readonly identity: string
    readonly permissions: number
    readonly roles: number
    readonly grants: number
  } | null
  readonly faults: readonly string[]
}

function check(file: string): Checked {
  try {
    const { policy, findings } = reviewPolicy(file)
    const { identity, permissions, roles, grants } = policy
    const counts = {
      identity,
      permissions: permissions.length,
      roles: Object.keys(roles).length,
      grants: grants.length,
    }
    return { policy: counts, faults: findings.map(({ detail }) => detail) }
  } catch (error) {
    if (!(error instanceof PeerGateError) || !faulty.has(error.code)) throw error
    return { policy: null, faults: [error.detail] }
  }
}

/** What is wrong with the content of a file that could be read. */
const faulty: ReadonlySet<PeerGateErrorCode> = new Set<PeerGateErrorCode>([
  'ERR_PEERGATE_OPTION_INVALID',
  'ERR_PEERGATE_PATTERN_INVALID',
  'ERR_PEERGATE_PERMISSION_UNKNOWN',
  'ERR_PEERGATE_POLICY_FILE_INVALID',
])

export interface ExplainFlags extends JsonFlag {
  readonly identity: string
  readonly permission: string
  readonly trustSet?: string
  /** `name=value`, as often as there are parameters. */
  readonly param: readonly string[]
}

/** `peergate policy explain` */
export function runPolicyExplain(file: string, flags: ExplainFlags, terminal: Terminal): ExitCode {
  const { policy, gate } = reviewPolicy(file)
  const identity = identityFor(policy, flags.identity, flags.trustSet ?? null)
  const explanation = gate.explain(identity, flags.permission as never, readParameters(flags.param))
  terminal.write(flags.json === true ? toJson(explanation) : `${explanation.text}\n`)
  return explanation.outcome === 'met' ? exitCodes.holds : exitCodes.finding
}

function readParameters(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map(readParameter))
}

function readParameter(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new UsageError(`--param must be of the form name=value: ${text}`)
}

/** `peergate policy inventory` */
export function runPolicyInventory(
  file: string,
  { json = false }: JsonFlag,
  terminal: Terminal,
): ExitCode {
  const inventory = reviewPolicy(file)
    .gate.inventory()
    .map(({ path: permission, identities }) => ({ permission, grants: identities }))
  const rows = inventory.flatMap(({ permission, grants }): readonly (readonly string[])[] =>
    grants.length === 0 ? [[permission, 'nobody', '']] : grants.map(grantRow),
  )
  const titles = ['permission', 'identities', 'on the condition of']
  const text = json ? toJson(inventory) : `${formatTable(titles, rows, terminal.columns)}\n`
  terminal.write(text)
  return exitCodes.holds
}

function grantRow({
  permission,
  effect,
  peers,
  conditions,
}: InventoryIdentity): readonly [string, string, string] {
  return [permission, effect === 'deny' ? `denied to ${peers}` : peers, conditions.join('\n')]
}
