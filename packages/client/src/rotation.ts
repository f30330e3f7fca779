import type { PeerGateError } from '@peergate/core'
import { containCallback, watchFiles } from '@peergate/core/material'
import { loadClientCredentials } from './client-credentials.js'
import type { ClientCredentials } from './client-credentials.js'
import type { ParsedClientIdentityOptions, RotationOutcome } from './client-identity-options.js'
import { createExpiryNotice } from './expiry-notice.js'
import { createRotationUsers } from './rotation-users.js'
import type { RotationUser } from './rotation-users.js'

/** The material in force, which is only ever replaced as a whole. */
export interface Rotation {
  readonly current: () => ClientCredentials
  /** @throws {PeerGateError} what reading the material throws; then the old one stays in force */
  readonly reload: () => ClientCredentials
  /** Tells `user` of newer material, for as long as somebody else holds it. */
  readonly follow: (user: RotationUser) => void
  readonly stop: () => void
}

export function createRotation(options: ParsedClientIdentityOptions): Rotation {
  const report = containCallback<RotationOutcome>('onReload', options.onReload)
  const notice = createExpiryNotice(options)
  const users = createRotationUsers(options.closing.within)
  const { every, signal } = options.reload
  // Before the files are read for the first time, so that no change of theirs is missed.
  const files =
    every === undefined
      ? null
      : watchFiles(options.paths, { interval: every * 1000, waitsForStillness: false })
  let current = load()

  function load(): ClientCredentials {
    return loadClientCredentials({ ...options.read(), clientCa: options.clientCa }, Date.now())
  }

  function reload(): ClientCredentials {
    current = load()
    notice.follow(current)
    users.drain()
    report(Object.freeze({ error: null, serialNumber: current.facts.serialNumber }))
    return current
  }

  /** A certificate without its key yet is how files look half-way; the next look finds both. */
  function tryReload(isNew: boolean): boolean {
    try {
      reload()
      return true
    } catch (cause) {
      if (isNew) report(Object.freeze({ error: cause as PeerGateError }))
      return false
    }
  }

  const onChange = () => void tryReload(true)
  if (signal !== undefined) process.on(signal, onChange)
  notice.follow(current)
  files?.start(tryReload)
  const stopWatching = options.watch?.(onChange)
  return {
    current: () => current,
    reload,
    follow: users.add,
    stop() {
      files?.stop()
      stopWatching?.()
      notice.stop()
      if (signal !== undefined) process.off(signal, onChange)
    },
  }
}
