import assert from 'node:assert/strict'
import { PeerGateError } from '@peergate/core'

/** The PeerGateError that `run` throws; null where it throws nothing. It may throw nothing else. */
export function faultOf(run: () => unknown): PeerGateError | null {
  try {
    run()
    return null
  } catch (error) {
    assert.ok(error instanceof PeerGateError, error as Error)
    return error
  }
}
