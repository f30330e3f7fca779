import { assurances } from '../../assurance.js'
import type { Assurance } from '../../assurance.js'
import { optionError } from '../../options.js'
import type { RegisteredPermission } from '../register.js'
import { makeRequirement } from './statement.js'

declare const stated: unique symbol

/** The identity must hold a permission; made by `gate.permission('…')`, for that gate alone. */
export interface PermissionRequirement<Permission extends string = string> {
  readonly [stated]: 'permission'
  readonly permission: Permission
}

/** See {@link trustSet}. */
export interface TrustSetRequirement {
  readonly [stated]: 'trustSet'
  readonly trustSet: string
}

/** See {@link minimumAssurance}. */
export interface AssuranceRequirement {
  readonly [stated]: 'minimumAssurance'
  readonly minimumAssurance: Assurance
}

/** Made by `when(…)`. */
export interface WhenRequirement {
  readonly [stated]: 'when'
  /** The name of the predicate. */
  readonly when: string
}

/** Made by `allOf(…)`. */
export interface AllOfRequirement {
  readonly [stated]: 'allOf'
  readonly allOf: readonly IdentityRequirement[]
}

/** Made by `anyOf(…)`. */
export interface AnyOfRequirement {
  readonly [stated]: 'anyOf'
  readonly anyOf: readonly IdentityRequirement[]
}

/** See {@link authenticated}. */
export interface AuthenticatedRequirement {
  readonly [stated]: 'authenticated'
}

/** See {@link publicRoute}. */
export interface PublicRequirement {
  readonly [stated]: 'publicRoute'
}

/** Made by `withShadow(…)`. */
export interface ShadowRequirement {
  readonly [stated]: 'withShadow'
  /** What is demanded. */
  readonly live: IdentityRequirement | PublicRequirement
  /** What is only tried. */
  readonly proposed: IdentityRequirement
}

/**
 * What can be asked of an identity: every {@link Requirement} but {@link publicRoute} and
 * `withShadow(…)`.
 */
export type IdentityRequirement =
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- never until registered
  | RegisteredPermission
  | PermissionRequirement
  | TrustSetRequirement
  | AssuranceRequirement
  | WhenRequirement
  | AllOfRequirement
  | AnyOfRequirement
  | AuthenticatedRequirement

/**
 * What a route states of its callers: a permission (a bare tag of the registered policy, or
 * `gate.permission('…')`), {@link trustSet}, {@link minimumAssurance}, `when(…)`, `allOf(…)`,
 * `anyOf(…)`, {@link authenticated}, {@link publicRoute}, or `withShadow(…)` of them.
 */
export type Requirement = IdentityRequirement | PublicRequirement | ShadowRequirement

/** Any peer whose certificate carries an identity of the agreed form. */
export const authenticated: AuthenticatedRequirement = makeRequirement(
  { requirement: 'authenticated' },
  { kind: 'authenticated' },
) as AuthenticatedRequirement

/**
 * Anybody whom the source lets in, with an identity or without. A strict TLS gate still asks for a
 * certificate; what must be reachable without one belongs on a listener of its own. Behind a proxy,
 * this is whoever can connect and sends no forged identity.
 */
export const publicRoute: PublicRequirement = makeRequirement(
  { requirement: 'publicRoute' },
  { kind: 'publicRoute' },
) as PublicRequirement

/**
 * Any identity that the client CA set `name` admitted, whatever it holds. An identity whose set is not
 * known (`trustSet: null`) is refused. `gate.guard` refuses a set that the source of the gate cannot
 * give.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * app.get('/limits', { config: { permission: trustSet('payments') } }, readLimits)
 * ```
 */
export function trustSet(name: string): TrustSetRequirement {
  if (typeof name !== 'string' || name === '') {
    throw optionError('trustSet', 'the name of the set must be a text that is not empty')
  }
  return makeRequirement({ trustSet: name }, { kind: 'trustSet', name }) as TrustSetRequirement
}

/**
 * Any identity that is known with `minimum` or more, whatever it holds: `minimumAssurance('tls')` is for
 * clients whose handshake this process verified, `minimumAssurance('proxy-verified')` also for those
 * whom a trusted proxy says that it verified.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const permission = allOf('invoice:write', minimumAssurance('proxy-verified'))
 * ```
 */
export function minimumAssurance(minimum: Assurance): AssuranceRequirement {
  if (!assurances.includes(minimum)) {
    throw optionError('minimumAssurance', `must be one of ${assurances.join(', ')}`)
  }
  const shown = { minimumAssurance: minimum }
  return makeRequirement(shown, { kind: 'minimumAssurance', minimum }) as AssuranceRequirement
}
