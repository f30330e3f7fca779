import { PeerGateError } from '@peergate/core'

/** What makes connections. */
export interface RotationUser {
  /** Gives the connections of older material no new requests, and closes them behind the last. */
  readonly drain: () => CutOff
}

/** Ends by `error` what has not finished since. */
export type CutOff = (error: PeerGateError) => void

/** Everything that makes connections with the material of one identity. */
export interface RotationUsers {
  /** Remembers `user` for as long as somebody else holds it. */
  readonly add: (user: RotationUser) => void
  /** Drains them all, and cuts off what is left after `within` seconds. */
  readonly drain: () => void
}

export function createRotationUsers(within: number): RotationUsers {
  const users = new Set<WeakRef<RotationUser>>()
  return {
    add(user) {
      for (const known of users) if (known.deref() === undefined) users.delete(known)
      users.add(new WeakRef(user))
    },
    drain() {
      const cutOffs = [...users].map((user) => user.deref()?.drain())
      const cutAllOff = () => cutOffs.forEach((cutOff) => cutOff?.(overdue(within)))
      setTimeout(cutAllOff, within * 1000).unref()
    },
  }
}

function overdue(within: number): PeerGateError {
  const fault = `the connection was cut off with the request in flight, ${within} s after newer material had come; state a longer closing.within for requests that take longer`
  return new PeerGateError('ERR_PEERGATE_SERVER_UNREACHABLE', fault)
}
