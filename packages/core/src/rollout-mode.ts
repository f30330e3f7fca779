import * as z from 'zod'
import { lazily } from './lazily.js'

/**
 * How far a service has come on its way to strict mutual TLS.
 *
 * `observe`: certificates are requested, what would be refused is recorded, and every request goes on.
 * `enforce`: whoever is not accepted is answered with 401 over HTTP. `strict`: is refused in the
 * handshake.
 */
export type RolloutMode = (typeof rolloutModes)[number]

/** From the most lenient to the strictest. */
export const rolloutModes = ['observe', 'enforce', 'strict'] as const

/** Warns, once for each gate that is made, that nothing is refused. */
export function warnOfObserving(owner: string, gate: string): void {
  process.emitWarning(
    `${owner}: the gate ${JSON.stringify(gate)} observes: nobody is refused, whatever certificate or permission is missing; set mode to "enforce" when its ledger says so`,
    { type: 'PeergateWarning', code: 'PEERGATE_OBSERVING' },
  )
}

/** What a gate is called; it becomes a label of metrics. */
export const gateNameSchema: () => z.ZodDefault<z.ZodString> = lazily(() =>
  z
    .string()
    .regex(/^[\w.-]{1,64}$/u, 'must be 1 to 64 letters, digits, "_", "." or "-"')
    .default('default'),
)
