import { quote } from '../../identity-value/quote.js'
import { faultAt, namesUnknown } from '../../options.js'
import type { GrantContext, GrantTarget } from './grant-target.js'
import type { IdentityPattern } from '../pattern.js'
import type { Condition, RequestVerdict, Verdict } from './verdict.js'
import type { GrantContent } from '../policy-schema.js'

/**
 * The conditions on the parameters of the route, one for each that `where` names.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for a capture that the pattern does not have, and
 * for one that nothing is compared with, since it would stand for everybody
 */
export function createScope(
  where: GrantContent['where'],
  target: GrantTarget,
  { path, locate }: GrantContext,
): readonly Condition[] {
  const pattern = target.by === 'identity' ? target.pattern : null
  const captures = pattern?.captures ?? []
  const conditions = Object.entries(where?.params ?? {}).map(([parameter, wanted]) => {
    const fault = faultOf(wanted, captures)
    if (fault !== null) throw faultAt(locate, [...path, 'where', 'params', parameter], fault)
    return needParameter(parameter, wanted, pattern)
  })
  refuseIdleCapture(captures, where, (fault) => faultAt(locate, [...path, 'identity'], fault))
  return conditions
}

/** A capture within a text would be compared as it is written, so that the grant stands for nobody. */
function faultOf(wanted: string, captures: readonly string[]): string | null {
  const capture = captureIn(wanted)
  if (capture === null) {
    return /[{}]/u.test(wanted) ? 'must be a text without braces, or one capture: {name}' : null
  }
  if (captures.includes(capture)) return null
  return `${namesUnknown('capture', capture, captures)}; the pattern of the grant must hold {${capture}}`
}

function needParameter(
  parameter: string,
  wanted: string,
  pattern: IdentityPattern | null,
): Condition {
  const name = captureIn(wanted)
  if (name === null) {
    const judge = compareWith(parameter, wanted)
    return { wording: `${describe(parameter)} to be ${quote(wanted)}`, judge: () => judge }
  }
  return {
    wording: `${describe(parameter)} to be the ${name} of the identity`,
    judge({ value }) {
      const captured = pattern?.capture(value)?.get(name)
      return captured === undefined ? 'unknown' : compareWith(parameter, captured)
    },
  }
}

function describe(parameter: string): string {
  return `the parameter ${quote(parameter)} of the route`
}

function compareWith(parameter: string, wanted: string): RequestVerdict {
  return (params): Verdict => {
    const found = readParameter(params, parameter)
    if (found === null) return 'unknown'
    return found === wanted ? 'met' : 'unmet'
  }
}

/** Routers give an object without a prototype, or with one; what it inherits is no parameter. */
function readParameter(params: unknown, name: string): string | null {
  if (typeof params !== 'object' || params === null) return null
  try {
    if (!Object.hasOwn(params, name)) return null
    const value: unknown = (params as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' ? value : null
  } catch {
    // A getter of somebody else's: what cannot be read is not known.
    return null
  }
}

function captureIn(text: string): string | null {
  return /^\{(?<name>[^{}]*)\}$/u.exec(text)?.groups?.['name'] ?? null
}

function refuseIdleCapture(
  captures: readonly string[],
  where: GrantContent['where'],
  fault: (text: string) => Error,
): void {
  const compared = new Set(Object.values(where?.params ?? {}).map(captureIn))
  const idle = captures.find((name) => !compared.has(name))
  if (idle === undefined) return
  throw fault(`captures {${idle}}, which nothing is compared with: name it in where, or write *`)
}
