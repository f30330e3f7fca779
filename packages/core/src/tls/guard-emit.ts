/** What emits events. */
export interface Emitter {
  readonly emit: (event: never, ...values: never[]) => boolean
}

/**
 * Lets only those events of `emitter` reach their listeners that `mayEmit`, by their first two values. Node calls `emit` as a
 * property of whatever emits, also where it does so later.
 */
export function guardEmit(
  emitter: Emitter,
  mayEmit: (event: unknown, first: unknown, second: unknown) => boolean,
): void {
  const emit = emitter.emit.bind(emitter) as (event: unknown, ...values: unknown[]) => boolean
  Object.defineProperty(emitter, 'emit', {
    configurable: true,
    writable: true,
    value: (event: unknown, ...values: unknown[]) =>
      mayEmit(event, values[0], values[1]) ? emit(event, ...values) : true,
  })
}
