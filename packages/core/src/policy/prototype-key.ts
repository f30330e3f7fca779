import { faultAt } from '../options.js'
import type { Locate } from '../options.js'

/**
 * Refuses a key that would be left out of a copy without a word: a demand on a parameter, or a name.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function refusePrototypeKeys(options: unknown, locate: Locate): void {
  const { permissions, roles, grants } = fieldsOf(options)
  refuseIn(permissions, ['permissions'], locate)
  refuseIn(roles, ['roles'], locate)
  if (!Array.isArray(grants)) return
  for (const [index, grant] of grants.entries()) {
    const { params } = fieldsOf(fieldsOf(grant)['where'])
    refuseIn(params, ['grants', index, 'where', 'params'], locate)
  }
}

function refuseIn(record: unknown, path: readonly PropertyKey[], locate: Locate): void {
  if (!Object.hasOwn(fieldsOf(record), '__proto__')) return
  throw faultAt(locate, [...path, '__proto__'], 'must have another name')
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Readonly<Record<string, unknown>>
}
