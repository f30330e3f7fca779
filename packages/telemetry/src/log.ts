import { onGateEvent } from '@peergate/core'
import type { GateEventChoice, GateSubscription } from '@peergate/core'
import { parseOptions, strictOptions } from '@peergate/core/options'
import * as z from 'zod'
import { levelOf, logRecordOf, messageOf } from './log-record.js'
import type { LogLevel } from './log-record.js'

export { logRecordOf }
export type { LoggedDecision, LogLevel, LogRecord, TlsResult } from './log-record.js'

/** What is needed of a logger: that of pino and of Fastify, among others. */
export type LoggerLike = Readonly<Record<LogLevel, (record: object, message: string) => unknown>>

/**
 * Writes one record for each event: the TLS result, the identity that was selected and the decision of
 * the application, each null where the event says nothing of it. What the logger throws, or rejects
 * with, is counted and harms nobody.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID
 *
 * @example
 * ```ts
 * const subscription = logGateEvents(app.log, { types: ['handshake-refused', 'permission-denied'] })
 * ```
 */
export function logGateEvents(logger: LoggerLike, choice: GateEventChoice = {}): GateSubscription {
  parseOptions('logGateEvents', loggerSchema, { logger })
  return onGateEvent(
    (event) => logger[levelOf(event)](logRecordOf(event), messageOf(event)),
    choice,
  )
}

const loggerSchema = strictOptions({
  logger: z.custom<LoggerLike>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      levels.every((level) => typeof (value as Partial<LoggerLike>)[level] === 'function'),
    'must have the methods info, warn and error',
  ),
})

const levels = ['info', 'warn', 'error'] as const
