import { containCallback } from '../contain-callback.js'
import type { PeerGateError } from '../errors.js'
import type { ReloadEvents } from '../telemetry/reload-events.js'
import type { ParsedReloadOptions, ReloadFailure } from './reload-options.js'
import { watchFiles } from './watch-files.js'

/** Reloads when it is asked to, when a file changed, and at a signal. */
export interface Reloader<Success> {
  /** Makes the last two of these happen. */
  readonly start: () => void
  readonly stop: () => void
  /** @throws {PeerGateError} what reading the files throws; then everything stays as it was. */
  readonly reload: () => Success
}

export interface ReloaderOptions<Success> {
  readonly reload: ParsedReloadOptions
  readonly onReload?: ((outcome: Success | ReloadFailure) => unknown) | undefined
  /** The files that are looked at. */
  readonly paths: readonly string[]
  /** Whether a change is taken only once nothing has happened to it between two looks. */
  readonly waitsForStillness: boolean
  /** Reads the files and puts them in force; a fault leaves everything as it was. */
  readonly load: () => Success
  readonly events: ReloadEvents<Success>
}

export function createReloader<Success extends object>({
  reload: { every, signal },
  onReload,
  paths,
  waitsForStillness,
  load,
  events,
}: ReloaderOptions<Success>): Reloader<Success> {
  const report = containCallback('onReload', onReload)
  // Before the files are read for the first time, so that no change of theirs is missed.
  const watch =
    every === undefined ? null : watchFiles(paths, { interval: every * 1000, waitsForStillness })
  let stopListening: (() => void) | undefined

  function reload(): Success {
    const success = load()
    events.done(success)
    report(success)
    return success
  }

  /** Whether it went well. A failure is told once for one state of the files. */
  function tryReload(isNew: boolean): boolean {
    try {
      reload()
      return true
    } catch (cause) {
      if (isNew) {
        events.failed(cause)
        report(Object.freeze({ error: cause as PeerGateError }))
      }
      return false
    }
  }

  return {
    reload() {
      try {
        return reload()
      } catch (cause) {
        events.failed(cause)
        throw cause
      }
    },
    start() {
      const onSignal = () => void tryReload(true)
      if (signal !== undefined) {
        process.on(signal, onSignal)
        stopListening = () => void process.off(signal, onSignal)
      }
      watch?.start(tryReload)
    },
    stop() {
      watch?.stop()
      stopListening?.()
    },
  }
}
