import { inspect } from 'node:util'

/**
 * `callback`, which a user gave as `name`, so that it can do no harm: what it throws, or its promise
 * rejects with, becomes a process warning with the code `PEERGATE_CALLBACK_THREW`.
 */
export function containCallback<Value extends object>(
  name: string,
  callback: ((value: Value) => unknown) | undefined,
): (value: Value) => void {
  async function call(value: Value): Promise<void> {
    try {
      await callback?.(value)
    } catch (error) {
      process.emitWarning(`${name} threw ${describeThrown(error)}`, {
        type: 'PeergateWarning',
        code: 'PEERGATE_CALLBACK_THREW',
      })
    }
  }
  return (value) => void call(value)
}

/** What was thrown, as a text; it may be anything, and throw again when it is looked at. */
export function describeThrown(thrown: unknown): string {
  try {
    return inspect(thrown)
  } catch {
    return 'what cannot be shown'
  }
}
