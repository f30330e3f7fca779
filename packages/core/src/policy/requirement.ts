import type { RegisteredPermission } from './register.js'

declare const stated: unique symbol

/** The identity must hold a permission; made by `gate.permission('…')`, for that gate alone. */
export interface PermissionRequirement<Permission extends string = string> {
  readonly [stated]: 'permission'
  readonly permission: Permission
}

/** See {@link authenticated}. */
export interface AuthenticatedRequirement {
  readonly [stated]: 'authenticated'
}

/** See {@link publicRoute}. */
export interface PublicRequirement {
  readonly [stated]: 'publicRoute'
}

/**
 * What a route states of its callers: a permission (a bare tag of the registered policy, or
 * `gate.permission('…')`), {@link authenticated} or {@link publicRoute}.
 */
export type Requirement =
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- never until registered
  RegisteredPermission | PermissionRequirement | AuthenticatedRequirement | PublicRequirement

/** Any peer whose certificate carries an identity of the agreed form. */
export const authenticated: AuthenticatedRequirement = Object.freeze({
  requirement: 'authenticated',
}) as object as AuthenticatedRequirement

/**
 * Any peer that came through the TLS gate, with an identity or without. A strict TLS gate still asks
 * it for a certificate; what must be reachable without one belongs on a listener of its own.
 */
export const publicRoute: PublicRequirement = Object.freeze({
  requirement: 'publicRoute',
}) as object as PublicRequirement
