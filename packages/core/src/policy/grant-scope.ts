import { quote } from '../identity-value/quote.js'
import { faultAt, unknownName } from '../options.js'
import type { GrantContext, GrantTarget } from './grant-target.js'
import type { Condition, RequestVerdict, Verdict } from './verdict.js'
import type { GrantContent } from './policy-schema.js'

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
  const captures = target.by === 'identity' ? target.pattern.captures : []
  const conditions = Object.entries(where?.params ?? {}).map(([parameter, wanted]) => {
    const capture = captureIn(wanted)
    if (capture !== null && !captures.includes(capture)) {
      const fault = `compares with a ${unknownName('capture', capture, captures)}; the pattern must hold {${capture}}`
      throw faultAt(locate, [...path, 'where', 'params', parameter], fault)
    }
    return needParameter(parameter, wanted, target)
  })
  refuseIdleCapture(captures, where, (fault) => faultAt(locate, [...path, 'identity'], fault))
  return conditions
}

function needParameter(parameter: string, wanted: string, target: GrantTarget): Condition {
  const capture = captureIn(wanted)
  return {
    wording: `the parameter ${quote(parameter)} of the route to be ${capture === null ? quote(wanted) : `the ${capture} of the identity`}`,
    judge({ value }) {
      if (capture === null) return compareWith(parameter, wanted)
      const captured =
        target.by === 'identity' ? target.pattern.capture(value)?.[capture] : undefined
      return captured === undefined ? 'unknown' : compareWith(parameter, captured)
    },
  }
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
  if (typeof params !== 'object' || params === null || !Object.hasOwn(params, name)) return null
  const value: unknown = (params as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : null
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
