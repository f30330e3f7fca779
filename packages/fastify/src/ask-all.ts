import type { Guard, PendingDecision } from '@peergate/core'

/** What a request has to pass. */
export type Guards = readonly [Guard, ...Guard[]]

/** Asks one guard after the other: the first that denies is the answer, else the last. */
export function askAll(guards: Guards, ask: (guard: Guard) => PendingDecision): PendingDecision {
  // Most routes have one.
  if (guards.length === 1) return ask(guards[0])
  const [first, ...others] = guards
  return others.reduce((before, guard) => askAfter(before, () => ask(guard)), ask(first))
}

function askAfter(before: PendingDecision, ask: () => PendingDecision): PendingDecision {
  // Whose promise it is depends on what the application put in the place of `Promise`.
  if (!('allowed' in before)) return before.then((decision) => askAfter(decision, ask))
  return before.allowed ? ask() : before
}
