import { onGateEvent } from '@peergate/core'
import type { RolloutMode } from '@peergate/core'

/** Who listens to the events of a gate, and what the gate does about those it refuses. */
export interface Setting {
  readonly mode: RolloutMode
  readonly listen: () => unknown
}

/** What is measured, by its name in the table. */
export const settings: ReadonlyMap<string, Setting> = new Map([
  ['nobody listens', { mode: 'enforce', listen: () => undefined }],
  [
    'somebody listens to connections alone',
    {
      mode: 'enforce',
      listen: () => onGateEvent(ignore, { types: ['connection-accepted', 'handshake-refused'] }),
    },
  ],
  [
    'somebody listens to denials',
    { mode: 'enforce', listen: () => onGateEvent(ignore, { types: ['permission-denied'] }) },
  ],
  ['somebody listens to everything', { mode: 'enforce', listen: () => onGateEvent(ignore) }],
  ['nobody listens, and the gate observes', { mode: 'observe', listen: () => undefined }],
  [
    'somebody listens to everything, and the gate observes',
    { mode: 'observe', listen: () => onGateEvent(ignore) },
  ],
])

/** A subscriber that costs nothing itself. */
function ignore(): void {}
