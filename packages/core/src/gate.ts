import * as z from 'zod'
import { createAdmit } from './admission.js'
import type { Admit } from './admission.js'
import type { ClientIdentity, IdentityKind } from './client-identity.js'
import { containCallback } from './contain-callback.js'
import { parseGateOptions } from './gate-options.js'
import type { ParsedGateOptions, PeerGateOptions } from './gate-options.js'
import { parseIdentityValue } from './identity-value/parse-identity-value.js'
import { quote } from './identity-value/quote.js'
import { optionError, parseOptions } from './options.js'
import type { RequestLike } from './peer-source.js'
import { warnOfObserving } from './rollout-mode.js'
import type { RolloutMode } from './rollout-mode.js'
import { createDecisionRecord } from './telemetry/decision-record.js'
import { createGateEvents } from './telemetry/gate-events.js'
import { createRequestIds } from './telemetry/request-id.js'
import type { RequestId } from './telemetry/request-id.js'
import { createCurrentPolicy } from './policy/current-policy.js'
import type { CurrentPolicy, FirstPolicy } from './policy/current-policy.js'
import { createPolicyBook } from './policy/review/policy-book.js'
import type { PolicyBook } from './policy/review/policy-book.js'
import { createRequirements } from './policy/decision/guard.js'
import type { Guard } from './policy/decision/guard.js'
import { followReloads, isPolicyFile } from './policy/file/policy-file.js'
import type { PolicyFile } from './policy/file/policy-file.js'
import { compilePattern } from './policy/pattern.js'
import type { Policy } from './policy/policy.js'
import type { PermissionRequirement, Requirement } from './policy/requirement/requirement.js'
import { claimSource } from './source/forwarded.js'

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
  const parsed = parseGateOptions(options)
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
