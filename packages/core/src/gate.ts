import * as z from 'zod'
import { createAdmit } from './admission.js'
import type { Admit } from './admission.js'
import type { ClientIdentity, IdentityKind } from './client-identity.js'
import { containCallback, describeThrown } from './contain-callback.js'
import type { PeerGateError } from './errors.js'
import { assurances } from './assurance.js'
import type { Assurance } from './assurance.js'
import { isIdentityRule } from './identity-rule/identity-rule.js'
import type { IdentityRule } from './identity-rule/identity-rule.js'
import { parseIdentityValue } from './identity-value/parse-identity-value.js'
import { quote } from './identity-value/quote.js'
import { madeBy, optionError, parseOptions, strictOptions } from './options.js'
import type { PeerSource, RequestLike } from './peer-source.js'
import { gateNameSchema, rolloutModes, warnOfObserving } from './rollout-mode.js'
import type { RolloutMode } from './rollout-mode.js'
import { createDecisionRecord } from './telemetry/decision-record.js'
import { createGateEvents } from './telemetry/gate-events.js'
import { createRequestIds } from './telemetry/request-id.js'
import type { RequestId } from './telemetry/request-id.js'
import type { Authorize } from './policy/decision/authorizer.js'
import { createCurrentPolicy } from './policy/current-policy.js'
import type { CurrentPolicy, FirstPolicy } from './policy/current-policy.js'
import { createPolicyBook } from './policy/review/policy-book.js'
import type { PolicyBook } from './policy/review/policy-book.js'
import { createRequirements } from './policy/decision/guard.js'
import type { Guard } from './policy/decision/guard.js'
import { followReloads, isPolicyFile } from './policy/file/policy-file.js'
import type { PolicyFile } from './policy/file/policy-file.js'
import { compilePattern } from './policy/pattern.js'
import { compiledPolicyOf } from './policy/policy.js'
import type { Policy } from './policy/policy.js'
import type { PermissionRequirement, Requirement } from './policy/requirement/requirement.js'
import { claimSource } from './source/forwarded.js'

export interface PeerGateOptions<Kind extends IdentityKind, Permission extends string> {
  /** What the gate is called in events, metrics and logs; `default` without it. */
  readonly name?: string
  readonly source: PeerSource
  /** The issuance rule of the service's CA, such as `spiffe({ trustDomain: 'prod.example' })`. */
  readonly identity: IdentityRule<Kind>
  /** In code, or in a file, whose reloads the gate follows. */
  readonly policy: Policy<NoInfer<Kind>, Permission> | PolicyFile<NoInfer<Kind>, Permission>
  /**
   * A policy that is only tried, in code or in a file, whose reloads the gate follows. It judges every
   * request that a requirement lets in; whom it would deny is recorded by the event
   * `permission-denied` with `policy: 'shadow'`. It must fit the gate as `policy` does, and have every
   * permission that a route names. Nothing is judged by it while nobody listens to that event.
   */
  readonly shadow?: Policy<NoInfer<Kind>> | PolicyFile<NoInfer<Kind>>
  /**
   * The least assurance with which an identity must be known: `tls`, `proxy-verified` or
   * `proxy-asserted`, which is the default. What a source cannot give, nobody has.
   */
  readonly minimumAssurance?: Assurance
  /**
   * A policy engine of your own, which decides in the place of grants that allow; the grants of the
   * policy may then only deny, which wins over the engine.
   */
  readonly authorize?: Authorize<NoInfer<Permission>>
  /** How long `authorize` may take, in seconds: up to 60, and 1 by default. */
  readonly authorizeWithin?: number
  /**
   * Told of every predicate and engine that threw or gave no answer; the request is denied all the
   * same. By default a process warning.
   */
  readonly onFault?: (error: PeerGateError) => void
  /**
   * What comes of a permission that no route needs or nobody holds, and of a route without a parameter
   * that a grant demands: a process warning (`warn`, the default), or an error at boot.
   */
  readonly findings?: 'error' | 'warn'
  /** The time now in epoch milliseconds; `Date.now` by default. */
  readonly clock?: () => number
}

/**
 * Turns the peer of a request into an identity, and a requirement into decisions. `PeerGate` without
 * its permissions stands for any gate; `in`, since a gate cannot stand for one that knows more.
 */
export interface PeerGate<in Permission extends string = never> extends PolicyBook {
  /** The option `name`. */
  readonly name: string
  /** What the gate does about those it refuses: what its source says. */
  readonly mode: RolloutMode
  /** Who sent a request; never throws, and answers nobody. */
  readonly admit: Admit
  /**
   * The identity of whoever sent `request`, for what passes no middleware.
   *
   * @throws {PeerGateError} the refusal, where there is no identity
   */
  readonly identify: (request: RequestLike) => ClientIdentity
  /** How a request is called in events: by the name that a trusted proxy gave it, or a name of its own. */
  readonly requestId: (request: RequestLike) => RequestId
  /**
   * The requirement of one permission, typed by this gate's own policy.
   *
   * @throws {PeerGateError} ERR_PEERGATE_PERMISSION_UNKNOWN
   */
  readonly permission: <Tag extends Permission>(tag: Tag) => PermissionRequirement<Tag>
  /**
   * Makes a requirement ready for requests; meant for boot.
   *
   * @throws {PeerGateError} ERR_PEERGATE_PERMISSION_UNKNOWN for a tag outside the vocabulary,
   * ERR_PEERGATE_GATE_FOREIGN for a requirement of another gate, ERR_PEERGATE_OPTION_INVALID for
   * what is no requirement, and for a trust set that the source cannot give
   */
  readonly guard: (requirement: Requirement) => Guard
  /**
   * Tries another policy beside the one in force from now on, as the option `shadow`; null tries none.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID or ERR_PEERGATE_PERMISSION_UNKNOWN where it does
   * not fit the gate, lacks a permission that a route needs, or where the shadow of the gate is in a
   * file; then the old one is tried further.
   */
  readonly setShadowPolicy: (policy: Policy | null) => void
  /**
   * Refuses these identities from now on, on every route and whatever the policy grants; replaces the
   * list before. Each is one identity in the form of the policy's kind.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID or ERR_PEERGATE_PATTERN_INVALID; then the old
   * list stays in force.
   */
  readonly setDenylist: (identities: readonly string[]) => void
}

/**
 * The application gate: source → evidence → identity → decision.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, also where the policy grants to identities of
 * another kind than the rule reads, or of a trust set that the source cannot give
 *
 * @example
 * ```ts
 * const gate = createPeerGate({
 *   source: socketSource({ tls }),
 *   identity: spiffe({ trustDomain: 'prod.example' }),
 *   policy,
 * })
 * ```
 */
export function createPeerGate<Kind extends IdentityKind, Permission extends string>(
  options: PeerGateOptions<Kind, Permission>,
): PeerGate<Permission> {
  const parsed = parseOptions('createPeerGate', gateSchema, options)
  const { name, source, identity, clock, minimumAssurance } = parsed
  const { current, live, shadow } = createPolicies(parsed)
  const { remember, prepare, ...book } = createPolicyBook(current, holdClock(parsed))
  claimSource(options.source)
  const { mode = 'enforce' } = source
  const requestId = createRequestIds(source)
  const events = createGateEvents(name, mode)
  const record = createDecisionRecord({ mode, events, source, requestId })
  if (live.file !== null) followReloads(live.file, current.jury, prepare)
  if (shadow.file !== null) followReloads(shadow.file, current.shadowJury, current.prepareShadow)
  let denied: ReadonlySet<string> = new Set()
  const isDenied = ({ value }: ClientIdentity) => denied.has(value)
  const admit = createAdmit(source, identity, { clock, isDenied, minimumAssurance })
  const gate: PeerGate<Permission> = Object.freeze({
    name,
    mode,
    admit,
    identify(request: RequestLike) {
      const sender = admit(request)
      record.identified(sender, request)
      if (sender.identity === null) throw sender.refusal
      return sender.identity
    },
    requestId,
    ...createRequirements<Permission>({
      permissions: () => current.compiled().content.permissions,
      trustSets: source.trustSets,
      jury: current.jury,
      shadowJury: current.shadowJury,
      conclude: record.conclude,
      remember,
    }),
    ...book,
    ...(live.file !== null && { setPolicy: () => refuseSet('setPolicy', 'policy') }),
    setShadowPolicy(next: Policy | null) {
      if (shadow.file !== null) refuseSet('setShadowPolicy', 'shadow policy')
      current.prepareShadow(next)()
    },
    setDenylist(identities: readonly string[]) {
      denied = parseDenied(identity.kind, identities)
    },
  })
  if (mode === 'observe') warnOfObserving('createPeerGate', name)
  gates.add(gate)
  return gate
}

/** The policies that a gate judges by, and what it was given to have them. */
function createPolicies(parsed: ParsedGateOptions): {
  readonly current: CurrentPolicy
  readonly live: GivenPolicy<Policy>
  readonly shadow: GivenPolicy<Policy | null>
} {
  const { authorize, authorizeWithin, identity: rule, source } = parsed
  if (authorize === undefined && authorizeWithin !== undefined) {
    throw optionError('createPeerGate', 'option "authorizeWithin" needs the option "authorize"')
  }
  const live = readGiven(parsed.policy, 'createPeerGate', 'setPolicy')
  const tried = parsed.shadow ?? null
  const shadow = readGiven(tried, 'createPeerGate: option "shadow"', 'setShadowPolicy')
  const current = createCurrentPolicy({
    ...holdClock(parsed),
    live,
    shadow,
    rule,
    trustSets: source.trustSets,
    authorizeWithin: authorizeWithin ?? 1,
    report: containCallback('onFault', parsed.onFault),
  })
  return { current, live, shadow }
}

/** Whether `value` was made by {@link createPeerGate}. */
export function isPeerGate(value: unknown): boolean {
  return gates.has(value as PeerGate)
}

const gates = new WeakSet<PeerGate>()

/** It would be in force until the next reload, and nobody could tell when that is. */
function refuseSet(changer: string, what: string): never {
  throw optionError(changer, `the ${what} of this gate is in a file; change the file`)
}

/** A policy that a gate is created with, and the file that it is in, if it is. */
interface GivenPolicy<First> extends FirstPolicy<First> {
  readonly file: PolicyFile | null
}

function readGiven<First extends Policy | null>(
  given: First | PolicyFile,
  creator: string,
  changer: string,
): GivenPolicy<First | Policy> {
  if (!isPolicyFile(given)) return { first: given, file: null, creator, changer }
  return { first: given.policy, file: given, creator: given.path, changer: given.path }
}

function holdClock(parsed: ParsedGateOptions): ParsedGateOptions {
  return { ...parsed, clock: () => readClock(parsed.clock) }
}

/** A clock may be a user's own: one that fails is at no moment, which gives nothing and denies. */
function readClock(clock: () => number): number {
  try {
    const now: unknown = clock()
    return typeof now === 'number' ? now : Number.NaN
  } catch {
    return Number.NaN
  }
}

function warnOfFault({ code, detail, cause }: PeerGateError): void {
  const options = { type: 'PeergateWarning', code }
  process.emitWarning(
    detail,
    cause === undefined ? options : { ...options, detail: describeThrown(cause) },
  )
}

/** A pattern in the place of an identity would deny more than it says. */
function parseDenied(kind: IdentityKind, identities: readonly string[]): ReadonlySet<string> {
  const values = parseOptions('setDenylist', z.array(z.string()), identities)
  return new Set(
    values.map((value) => {
      // What reads as a pattern, such as `{name}@example.com`, may be an identity all the same.
      const parsed = parseIdentityValue(kind, value)
      if ('value' in parsed) return parsed.value
      compilePattern(kind, value)
      throw optionError('setDenylist', `${quote(value)} is a pattern; name each identity`)
    }),
  )
}

const gateSchema = strictOptions({
  name: gateNameSchema,
  source: z
    .custom<PeerSource>(isSource, 'must be a source, such as socketSource({ tls })')
    .transform(holdSource),
  identity: z
    .custom<IdentityRule>(
      isIdentityRule,
      'must be an identity rule, such as spiffe({ trustDomain })',
    )
    .transform(holdRule),
  policy: madeBy<Policy | PolicyFile>('definePolicy or policyFile', isPolicy),
  shadow: madeBy<Policy | PolicyFile>('definePolicy or policyFile', isPolicy).exactOptional(),
  minimumAssurance: z.enum(assurances).default('proxy-asserted'),
  authorize: z.custom<Authorize>(isFunction, 'must be a function').exactOptional(),
  authorizeWithin: z
    .number()
    .gt(0, 'must be more than 0')
    .max(60, 'must be at most 60 seconds')
    .exactOptional(),
  onFault: z
    .custom<(error: PeerGateError) => void>(isFunction, 'must be a function')
    .default(() => warnOfFault),
  findings: z.enum(['error', 'warn']).default('warn'),
  clock: z.custom<() => number>(isFunction, 'must be a function').default(() => Date.now),
})

type ParsedGateOptions = z.output<typeof gateSchema>

function isSource(value: unknown): value is PeerSource {
  const source = value as PeerSource | null | undefined
  return (
    typeof source?.name === 'string' &&
    isFunction(source.read) &&
    areTrustSets(source.trustSets) &&
    (source.mode === undefined || rolloutModes.includes(source.mode))
  )
}

function areTrustSets(names: unknown): boolean {
  if (names === undefined) return true
  return Array.isArray(names) && names.every((name) => typeof name === 'string')
}

/** A source may be a user's own: what is done to it later must not reach the gate. */
function holdSource(source: PeerSource): PeerSource {
  const { name, trustSets, mode = 'enforce' } = source
  return {
    name,
    mode,
    read: source.read.bind(source),
    ...(trustSets !== undefined && { trustSets: [...trustSets] }),
    unverifiedPeerOf: (request) => source.unverifiedPeerOf?.(request) ?? null,
    isFromTrustedProxy: (request) => isFromTrustedProxy(source, request),
  }
}

function isFromTrustedProxy(source: PeerSource, request: RequestLike): boolean {
  try {
    return source.isFromTrustedProxy?.(request) === true
  } catch {
    return false
  }
}

/** A rule may be a user's own, too. */
function holdRule(rule: IdentityRule): IdentityRule {
  const { kind, trustDomain } = rule
  return { kind, select: rule.select.bind(rule), ...(trustDomain !== undefined && { trustDomain }) }
}

function isPolicy(value: unknown): boolean {
  return isPolicyFile(value) || compiledPolicyOf(value as Policy) !== undefined
}

function isFunction(value: unknown): value is (...inputs: never) => unknown {
  return typeof value === 'function'
}
