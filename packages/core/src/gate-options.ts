import * as z from 'zod'
import { assurances } from './assurance.js'
import type { Assurance } from './assurance.js'
import type { IdentityKind } from './client-identity.js'
import { describeThrown } from './contain-callback.js'
import type { PeerGateError } from './errors.js'
import { isIdentityRule } from './identity-rule/identity-rule.js'
import type { IdentityRule } from './identity-rule/identity-rule.js'
import { lazily } from './lazily.js'
import { madeBy, parseOptions, strictOptions } from './options.js'
import type { PeerSource, RequestLike } from './peer-source.js'
import type { Authorize } from './policy/decision/authorizer.js'
import { isPolicyFile } from './policy/file/policy-file.js'
import type { PolicyFile } from './policy/file/policy-file.js'
import { compiledPolicyOf } from './policy/policy.js'
import type { Policy } from './policy/policy.js'
import { gateNameSchema, rolloutModes } from './rollout-mode.js'

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

/** Options that were read, in which what may be a user's own is held as it was. */
export interface ParsedGateOptions {
  readonly name: string
  readonly source: PeerSource
  readonly identity: IdentityRule
  readonly policy: Policy | PolicyFile
  readonly shadow?: Policy | PolicyFile
  readonly minimumAssurance: Assurance
  readonly authorize?: Authorize
  /** Seconds. */
  readonly authorizeWithin?: number
  readonly onFault: (error: PeerGateError) => void
  readonly findings: 'error' | 'warn'
  readonly clock: () => number
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function parseGateOptions(options: unknown): ParsedGateOptions {
  return parseOptions('createPeerGate', gateSchema(), options)
}

const gateSchema = lazily(() =>
  strictOptions({
    name: gateNameSchema(),
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
  }),
)

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

function warnOfFault({ code, detail, cause }: PeerGateError): void {
  const options = { type: 'PeergateWarning', code }
  process.emitWarning(
    detail,
    cause === undefined ? options : { ...options, detail: describeThrown(cause) },
  )
}
