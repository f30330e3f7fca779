import type { Guard } from './guard.js'
import type { Statement } from './statement.js'

/** A route of an application, as its adapter tells the gate of it. */
export interface DeclaredRoute {
  /** In upper case; `ALL` for a route of every method. */
  readonly method: string
  /** The whole path, as the framework writes it: `/tenants/:tenant/invoices/:id`. */
  readonly path: string
  /** What a request must meet, one after the other. */
  readonly requirements: readonly RouteRequirement[]
}

/** A requirement where it stands. */
export interface RouteRequirement {
  /** Made by the gate that is told. */
  readonly guard: Guard
  /** The parameters that the guard is given there. */
  readonly parameters: readonly string[]
}

/** What a guard of this gate states. */
export type StatementOf = (guard: Guard) => Statement
