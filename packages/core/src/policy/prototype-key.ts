import { faultAt } from '../options.js'
import type { Locate } from '../options.js'

/**
 * Refuses what would be left out of a copy without a word, a demand on a parameter or a name: a key that
 * is inherited, not enumerable, a symbol, or `__proto__`. Refuses lists that are too long, too.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function refusePrototypeKeys(options: unknown, locate: Locate): void {
  const { permissions, roles, grants } = fieldsOf(options)
  refuseIn(permissions, ['permissions'], locate)
  refuseIn(roles, ['roles'], locate)
  refuseLong(permissions, mostNames, ['permissions'], locate)
  refuseLong(grants, mostGrants, ['grants'], locate)
  for (const [name, role] of Object.entries(fieldsOf(roles))) {
    refuseLongIn(role, ['roles', name], locate)
  }
  if (!Array.isArray(grants)) return
  for (const [index, grant] of grants.entries()) {
    refuseLongIn(grant, ['grants', index], locate)
    const { params } = fieldsOf(fieldsOf(grant)['where'])
    refuseIn(params, ['grants', index, 'where', 'params'], locate)
  }
}

/** Before the schema makes an issue of every item. */
const mostGrants = 100_000
const mostNames = 10_000

function refuseLongIn(lists: unknown, path: readonly PropertyKey[], locate: Locate): void {
  for (const name of ['allow', 'deny', 'roles']) {
    refuseLong(fieldsOf(lists)[name], mostNames, [...path, name], locate)
  }
}

function refuseLong(
  list: unknown,
  most: number,
  path: readonly PropertyKey[],
  locate: Locate,
): void {
  if (!Array.isArray(list) || list.length <= most) return
  throw faultAt(locate, path, `must not hold more than ${most} items`)
}

function refuseIn(record: unknown, path: readonly PropertyKey[], locate: Locate): void {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return
  if (Object.hasOwn(record, '__proto__')) {
    throw faultAt(locate, [...path, '__proto__'], 'must have another name')
  }
  const prototype: unknown = Object.getPrototypeOf(record)
  const isPlain = prototype === null || prototype === Object.prototype
  if (!isPlain || Reflect.ownKeys(record).length !== Object.keys(record).length) {
    throw faultAt(locate, path, 'must be a plain object, and all its keys enumerable texts')
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Readonly<Record<string, unknown>>
}
