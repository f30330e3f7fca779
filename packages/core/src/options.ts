import * as z from 'zod'
import { PeerGateError } from './errors.js'

/**
 * The options as `schema` parsed them. `owner` is the function whose options they are; it begins
 * every message.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first faulty option, what was wrong
 * with it, and the name that was probably meant.
 */
export function parseOptions<Schema extends z.ZodType>(
  owner: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const result = schema.safeParse(options, { error: describeIssue })
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? `the options: ${message}` : `option ${quote(path.join('.'))} ${message}`,
  )
  throw optionError(owner, faults.join('; '))
}

/** The error of a fault in the options of `owner` that no schema can see. */
export function optionError(owner: string, fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_OPTION_INVALID', `${owner}: ${fault}`, { cause })
}

/** An object schema that refuses every other key and says which one was probably meant. */
export function strictOptions<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownName('option', key, Object.keys(shape))).join('; ')
        : undefined,
  })
}

/** A schema for a value that only one of our own functions can have made. */
export function madeBy<Value>(
  factory: string,
  isMade: (value: unknown) => boolean,
): z.ZodType<Value> {
  return z.custom<Value>(isMade, { error: `must be made by ${factory}` })
}

/** One sentence on a name that is not among `known`, with the nearest of them. */
export function unknownName(noun: string, name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known)
  const hint = nearest === null ? '' : `; did you mean ${quote(nearest)}?`
  return `${noun} ${quote(name)} is not known${hint}`
}

function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.code !== 'custom') return 'is required'
  if (issue.code === 'invalid_type') return `must be of the type ${issue.expected}`
  if (issue.code !== 'invalid_value') return undefined
  return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
}

/** The known name within two edits, or a third of its length; null where none is that near. */
function nearestName(name: string, known: Iterable<string>): string | null {
  let nearest: string | null = null
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), least)
    if (distance < least) [nearest, least] = [candidate, distance]
  }
  return nearest
}

/** The Levenshtein distance, or `limit` where it is not below that. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return limit
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1]
    for (let column = 1; column <= to.length; column += 1) {
      const substituted = (row[column - 1] ?? 0) + (from[index] === to[column - 1] ? 0 : 1)
      const removed = (row[column] ?? 0) + 1
      const inserted = (next[column - 1] ?? 0) + 1
      next.push(Math.min(substituted, removed, inserted))
    }
    row = next
  }
  return Math.min(row[to.length] ?? 0, limit)
}

function quote(name: string): string {
  return JSON.stringify(name)
}
