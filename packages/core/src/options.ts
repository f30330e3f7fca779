import * as z from 'zod'
import { PeerGateError } from './errors.js'
import type { PeerGateErrorCode } from './errors.js'
import { quote } from './identity-value/quote.js'

/**
 * The options as `schema` parsed them. `owner` is the function whose options they are; it begins
 * every message. This file is `@peergate/core/options` to the other packages of Peergate, so that all
 * of them refuse options in the same words; it is no API for anybody else.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming every faulty option, what is wrong with
 * it, and the name that was probably meant; never a value.
 */
export function parseOptions<Schema extends z.ZodType>(
  owner: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  return parseAt(() => owner, schema, options)
}

/**
 * Where an option stands, in the words that begin a message on it: the function whose options they
 * are, or file, line and column.
 */
export type Locate = (path: readonly PropertyKey[]) => string

/**
 * As {@link parseOptions}, of options that do not all stand in one place.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 */
export function parseAt<Schema extends z.ZodType>(
  locate: Locate,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const result = schema.safeParse(options, { error: describeIssue })
  if (result.success) return result.data
  const { issues } = result.error
  const faults = joinFaults(
    issues.slice(0, mostFaults).map((issue) => [locate(placeOf(issue)), describeFault(issue)]),
  )
  throw new PeerGateError('ERR_PEERGATE_OPTION_INVALID', faults + andMore(issues.length))
}

/** A file can have millions, and nobody reads more. */
const mostFaults = 20

function andMore(count: number): string {
  return count > mostFaults ? `; and ${count - mostFaults} more` : ''
}

/** The faults, each behind its place; faults of one place share it. */
function joinFaults(faults: readonly (readonly [place: string, fault: string])[]): string {
  return faults
    .map(([place, fault], index) =>
      faults[index - 1]?.[0] === place ? fault : `${place}: ${fault}`,
    )
    .join('; ')
}

function placeOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys'
    ? [...issue.path, ...issue.keys.slice(0, 1)]
    : issue.path
}

/** The error of a fault in one option that no schema can see, in words that follow its name. */
export function faultAt(
  locate: Locate,
  path: readonly PropertyKey[],
  fault: string,
  code: PeerGateErrorCode = 'ERR_PEERGATE_OPTION_INVALID',
): PeerGateError {
  return new PeerGateError(code, `${locate(path)}: ${optionAt(path)} ${fault}`)
}

/** The error of a fault in the options of `owner` that no schema can see. */
export function optionError(owner: string, fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_OPTION_INVALID', `${owner}: ${fault}`, { cause })
}

/** An object schema that refuses every other key and says which one was probably meant. */
export function strictOptions<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, mostFaults)
            .map((key) => `${optionAt([...(issue.path ?? []), key])} ${isNotKnown(key, known)}`)
            .join('; ') + andMore(issue.keys.length)
        : undefined,
  })
}

/** The schema that `choose` gives for a value, where a union would not say which form was meant. */
export function schemaBy<Value>(choose: (value: unknown) => z.ZodType<Value>): z.ZodType<Value> {
  return z.unknown().transform((value, context): Value => {
    const result = choose(value).safeParse(value, { error: describeIssue })
    if (result.success) return result.data
    for (const issue of result.error.issues) {
      context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue)
    }
    return z.NEVER
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
  return `${noun} ${quote(name)} ${isNotKnown(name, known)}`
}

/** The fault of an option that names what is not among `known`, in words that follow the option. */
export function namesUnknown(noun: string, name: string, known: Iterable<string>): string {
  return `names the ${noun} ${quote(name)}, which ${isNotKnown(name, known)}`
}

function isNotKnown(name: string, known: Iterable<string>): string {
  return `is not known${suggest(name, known)}`
}

function suggest(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known)
  return nearest === null ? '' : `; did you mean ${quote(nearest)}?`
}

function describeFault({ code, path, message }: z.core.$ZodIssue): string {
  // The keys are not in its path, so that this message is a whole sentence already.
  if (code === 'unrecognized_keys') return message
  return `${path.length === 0 ? 'the options' : optionAt(path)} ${message}`
}

function optionAt(path: readonly PropertyKey[]): string {
  return `option ${quote(path.map(String).join('.'))}`
}

/** What is wrong, in words that follow the name of the option. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  const isNested = (issue.path?.length ?? 0) > 0
  if (isNested && issue.input === undefined && issue.code !== 'custom')
    return 'is missing or undefined'
  if (issue.code === 'invalid_type') return `must be of the type ${issue.expected}`
  if (issue.code === 'invalid_value') return describeChoice(issue.values, issue.input)
  if (issue.code === 'invalid_key') return issue.issues[0]?.message
  if (issue.code === 'invalid_union') return issue.errors[0]?.[0]?.message
  return 'is not well-formed'
}

function describeChoice(values: readonly z.core.util.Primitive[], input: unknown): string {
  const choices = values.map((value) => JSON.stringify(value)).join(' or ')
  const hint = typeof input === 'string' ? suggest(input, values.map(String)) : ''
  return `must be ${choices}${hint}`
}

/** Longer ones are compared in time that grows with the square of their length. */
const longestName = 100

/** The known name within two edits, or a third of its length; null where none is that near. */
function nearestName(name: string, known: Iterable<string>): string | null {
  if (name.length > longestName) return null
  let nearest: string | null = null
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= least) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < least) [nearest, least] = [candidate, distance]
  }
  return nearest
}

/** The Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  let distance = to.length
  for (let index = 0; index < from.length; index += 1) {
    let diagonal = index
    distance = index + 1
    const next = [distance]
    for (const [column, above] of row.slice(1).entries()) {
      const substituted = diagonal + (from[index] === to[column] ? 0 : 1)
      distance = Math.min(substituted, above + 1, distance + 1)
      diagonal = above
      next.push(distance)
    }
    row = next
  }
  return distance
}
