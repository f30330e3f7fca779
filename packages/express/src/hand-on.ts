import type { Next } from './middleware.js'

/** Hands on what was thrown. It may be nothing, and `next` of nothing would lead on: then `fault`. */
export function handOn(thrown: unknown, next: Next, fault: string): void {
  next(isNothing(thrown) ? new Error(fault) : thrown)
}

/** Whether Express would take `error` for none, and go on. */
function isNothing(error: unknown): boolean {
  const isError = Boolean(error)
  return !isError
}
