import type { Guard } from '../decision/guard.js'
import type { Statement } from '../requirement/statement.js'

/** A route of an application, as its adapter tells the gate of it. */
export interface DeclaredRoute {
  /** In upper case; `ALL` for a route of every method. */
  readonly method: string
  /** The whole path, as the framework writes it: `/tenants/:tenant/invoices/:id`. */
  readonly path: string
  /** What else a request must have to come to the route: `{ version: '1.2.0' }`. */
  readonly constraints?: Readonly<Record<string, string>>
  /** What a request must meet, one after the other; nobody meets none, so that the route is closed. */
  readonly requirements: readonly RouteRequirement[]
}

/** A requirement where it stands. */
export interface RouteRequirement {
  /** Made by the gate that is told. */
  readonly guard: Guard
  /** The parameters that the guard is given there. */
  readonly parameters: readonly string[]
}

/** The routes of one application or listener, for as long as they are declared. */
export interface RouteList {
  /** Called whenever the routes are asked for. */
  readonly routes: () => readonly DeclaredRoute[]
  /**
   * Whether no more routes are to come: until then, nobody says of a permission that no route needs it.
   */
  readonly isComplete: () => boolean
}

/** What a guard of this gate states. */
export type StatementOf = (guard: Guard) => Statement
