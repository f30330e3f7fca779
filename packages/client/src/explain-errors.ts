import type { EventEmitter } from 'node:events'
import { explainFailure } from './explain-failure.js'
import type { FailedCall } from './explain-failure.js'

/** Makes every error that `emitter` tells of the one that explains it. */
export function explainErrors(emitter: EventEmitter, describeCall: () => FailedCall): void {
  const emit = emitter.emit.bind(emitter)
  Object.defineProperty(emitter, 'emit', {
    configurable: true,
    writable: true,
    value(event: string | symbol, ...values: unknown[]): boolean {
      if (event !== 'error') return emit(event, ...values)
      return emit(event, explainFailure(values[0], describeCall()))
    },
  })
}
