import type { IdentityKind } from '../client-identity.js'
import type { PeerGateError } from '../errors.js'
import { faultAt, optionError, unknownName } from '../options.js'
import { createAuthorizer } from './decision/authorizer.js'
import type { Authorize } from './decision/authorizer.js'
import type { CompiledPolicy } from './compile-policy.js'
import { createDecide } from './decision/decide.js'
import type { Jury } from './decision/jury.js'
import { compiledPolicyOf } from './policy.js'
import type { Policy } from './policy.js'
import { refuseUnknownGrantSets } from './trust-sets.js'
import type { TrustSets } from './trust-sets.js'

/** The policy that a gate decides by at this moment, as it is needed by those who decide. */
export interface CurrentPolicy {
  readonly compiled: () => CompiledPolicy
  readonly jury: () => Jury
  /** Of the policy that is only tried; null without one. */
  readonly shadowJury: () => Jury | null
  /**
   * Checks a policy that shall take the place of this one, which it does when it is committed.
   *
   * @throws {PeerGateError} then the old one stays
   */
  readonly prepare: (policy: Policy) => PreparedPolicy
  /**
   * The same for the policy that is only tried. Null takes it away.
   *
   * @throws {PeerGateError} then the old one stays
   */
  readonly prepareShadow: (policy: Policy | null) => () => void
  /**
   * Remembers that a route or a requirement names these permissions.
   *
   * @throws {PeerGateError} ERR_PEERGATE_PERMISSION_UNKNOWN if the policy that is only tried lacks one
   */
  readonly need: (permissions: readonly string[]) => void
}

/** A policy that fits the gate. */
interface PreparedPolicy {
  readonly compiled: CompiledPolicy
  readonly commit: () => void
}

/** A policy at the creation of its gate. */
export interface FirstPolicy<First> {
  readonly first: First
  /** What gave the first, and what gives those after it: the beginning of messages on them. */
  readonly creator: string
  readonly changer: string
}

/** What a policy must fit, and is judged with. */
export interface PolicySetting {
  readonly live: FirstPolicy<Policy>
  /** The policy that is only tried. */
  readonly shadow: FirstPolicy<Policy | null>
  /** The kind that the gate's rule reads, and the trust domain that it demands, if it does. */
  readonly rule: { readonly kind: IdentityKind; readonly trustDomain?: string | undefined }
  readonly trustSets: TrustSets
  readonly clock: () => number
  readonly authorize?: Authorize | undefined
  /** In seconds. */
  readonly authorizeWithin: number
  readonly report: (error: PeerGateError) => void
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID or ERR_PEERGATE_PERMISSION_UNKNOWN */
export function createCurrentPolicy(setting: PolicySetting): CurrentPolicy {
  const { live, authorize, authorizeWithin, report, clock } = setting
  const authorizer =
    authorize === undefined ? null : createAuthorizer(authorize, authorizeWithin, report)
  const needed = new Set<string>()

  function ready(owner: string, policy: Policy, whose = ''): ReadyPolicy {
    const compiled = compiledPolicyOf(policy)
    if (compiled === undefined) throw optionError(owner, 'the policy must be made by definePolicy')
    refuseUnfit(owner, compiled, setting)
    refuseMissing(compiled, needed, whose)
    return { compiled, jury: { decide: createDecide(compiled, clock), authorizer, report } }
  }

  function readyShadow(owner: string, policy: Policy | null): ReadyPolicy | null {
    return policy === null ? null : ready(owner, policy, ofShadow)
  }

  let current = ready(live.creator, live.first)
  let shadow = readyShadow(setting.shadow.creator, setting.shadow.first)
  return {
    compiled: () => current.compiled,
    jury: () => current.jury,
    shadowJury: () => shadow?.jury ?? null,
    prepare(policy) {
      const next = ready(live.changer, policy)
      return {
        compiled: next.compiled,
        commit() {
          current = next
        },
      }
    },
    prepareShadow(policy) {
      const next = readyShadow(setting.shadow.changer, policy)
      return () => {
        shadow = next
      }
    },
    need(permissions) {
      if (shadow !== null) refuseMissing(shadow.compiled, permissions, ofShadow)
      for (const permission of permissions) needed.add(permission)
    },
  }
}

/** Before what is said of the permissions of a policy. */
const ofShadow = 'of the shadow policy '

interface ReadyPolicy {
  readonly compiled: CompiledPolicy
  readonly jury: Jury
}

function refuseUnfit(owner: string, compiled: CompiledPolicy, setting: PolicySetting): void {
  const { rule, trustSets, authorize } = setting
  const { content } = compiled
  if (content.identity !== rule.kind) {
    const fault = `the policy grants to ${content.identity} identities, and the gate reads ${rule.kind}`
    throw optionError(owner, fault)
  }
  if (authorize === undefined && content.grants.length === 0) {
    throw optionError(owner, 'the policy holds no grant, and the gate has no "authorize"')
  }
  refuseUnknownGrantSets(compiled, trustSets)
  refuseUnfitGrants(compiled, setting)
}

function refuseUnfitGrants(
  { grants, locate }: CompiledPolicy,
  { rule, authorize }: PolicySetting,
): void {
  for (const { path, target, allowed } of grants) {
    if (authorize !== undefined && allowed.size > 0) {
      const fault =
        'allows something, which is for the option "authorize" of the gate; it may only deny'
      throw faultAt(locate, path, fault)
    }
    if (target.by !== 'identity' || rule.trustDomain === undefined) continue
    if (target.pattern.text.startsWith(`spiffe://${rule.trustDomain}/`)) continue
    const fault = `can match nobody: the gate reads identities of the trust domain ${rule.trustDomain}`
    throw faultAt(locate, [...path, 'identity'], fault)
  }
}

/** A route that names what is not known any more would be closed in silence. */
function refuseMissing(
  { content, locate }: CompiledPolicy,
  needed: Iterable<string>,
  whose: string,
): void {
  for (const permission of needed) {
    if (content.permissions.includes(permission)) continue
    const unknown = unknownName('permission', permission, content.permissions)
    const fault = `${whose}lacks what a route needs: ${unknown}`
    throw faultAt(locate, ['permissions'], fault, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
  }
}
