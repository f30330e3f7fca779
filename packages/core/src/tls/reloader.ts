import type { PeerGateError } from '../errors.js'
import { containCallback } from '../contain-callback.js'
import type { ParsedTlsGateOptions, ReloadSuccess } from './tls-gate-options.js'
import type { TrustStore } from './trust-store.js'
import { watchFiles } from './watch-files.js'

/** Reloads when it is asked to, when a file changed, and at a signal. */
export interface Reloader {
  /** Makes the first two of these happen for `store`. */
  readonly start: (store: TrustStore) => void
  readonly stop: () => void
  /** @throws {PeerGateError} what reading the files throws; then everything stays as it was. */
  readonly reload: (store: TrustStore) => ReloadSuccess
}

export function createReloader(
  { reload: { every, signal }, onReload }: ParsedTlsGateOptions,
  paths: readonly string[],
): Reloader {
  const report = containCallback('onReload', onReload)
  // Before the files are read for the first time, so that no change of theirs is missed.
  const watch = every === undefined ? null : watchFiles(paths, every * 1000)
  let stopListening: (() => void) | undefined

  function reload(store: TrustStore): ReloadSuccess {
    const { epoch: before } = store.current()
    store.reload()
    const { epoch } = store.current()
    const success = Object.freeze({ error: null, epoch, isNewEpoch: epoch !== before })
    report(success)
    return success
  }

  /** Whether it went well. A failure is told once for one state of the files. */
  function tryReload(store: TrustStore, isNew: boolean): boolean {
    try {
      reload(store)
      return true
    } catch (cause) {
      if (isNew) report(Object.freeze({ error: cause as PeerGateError }))
      return false
    }
  }

  return {
    reload,
    start(store) {
      const onSignal = () => void tryReload(store, true)
      if (signal !== undefined) {
        process.on(signal, onSignal)
        stopListening = () => void process.off(signal, onSignal)
      }
      watch?.start((isNew) => tryReload(store, isNew))
    },
    stop() {
      watch?.stop()
      stopListening?.()
    },
  }
}
