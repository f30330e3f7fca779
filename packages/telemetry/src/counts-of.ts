import type { GateEvent, GateEventType } from '@peergate/core'
import type { CounterName, Labels } from './measurement.js'

/** One step of one counter. */
export interface Count {
  readonly counter: CounterName
  readonly labels: Labels
}

/**
 * What an event counts as. Labels are what the operator configured and codes, and never who came: no
 * identity, fingerprint, address or server name.
 */
export function countsOf<Type extends GateEventType>(event: EventOf<Type>): readonly Count[] {
  return countsByType[event.type](event)
}

type EventOf<Type extends GateEventType> = Extract<GateEvent, { readonly type: Type }>

const countsByType: {
  readonly [Type in GateEventType]: (event: EventOf<Type>) => readonly Count[]
} = {
  'connection-accepted': (event) => [
    count('connectionsAccepted', { ...gateOf(event), trust_set: event.trustSet ?? '' }),
  ],
  'connection-closed': (event) => [
    count('connectionsClosed', { ...gateOf(event), ...refusalOf(event) }),
  ],
  'handshake-refused': (event) => [
    count('handshakesRefused', { ...gateOf(event), ...refusalOf(event) }),
  ],
  'identity-accepted': (event) => [count('requests', { ...gateOf(event), identity: 'accepted' })],
  'identity-absent': (event) => [count('requests', { ...gateOf(event), identity: 'absent' })],
  'identity-rejected': (event) => [
    ...(event.isFirst ? [count('requests', { ...gateOf(event), identity: 'rejected' })] : []),
    count('identitiesRejected', {
      ...gateOf(event),
      layer: event.layer,
      policy: event.policy,
      ...refusalOf(event),
    }),
  ],
  'permission-allowed': (event) => [
    count('permissionsAllowed', { ...gateOf(event), ...placeOf(event) }),
  ],
  'permission-denied': (event) => [
    count('permissionsDenied', {
      ...gateOf(event),
      ...placeOf(event),
      policy: event.policy,
      ...refusalOf(event),
    }),
  ],
  'reload-done': ({ gate, subject }) => [count('reloads', { gate, subject, outcome: 'done' })],
  'reload-failed': ({ gate, subject }) => [count('reloads', { gate, subject, outcome: 'failed' })],
}

/** Seconds until the certificate of an accepted identity ends, or 0; null for every other event. */
export function remainingLifetimeOf(
  event: GateEvent,
): { readonly labels: Labels; readonly seconds: number } | null {
  if (event.type !== 'identity-accepted') return null
  const { notAfter, trustSet } = event.identity
  if (notAfter === null) return null
  const labels = { gate: event.gate, trust_set: trustSet ?? '' }
  // The sum of a histogram must not fall.
  return { labels, seconds: Math.max(0, (notAfter - event.time) / 1000) }
}

function count(counter: CounterName, labels: Labels): Count {
  return { counter, labels }
}

/** Only the reloads of a policy file have no mode, and they are counted without. */
function gateOf({ gate, mode }: Pick<GateEvent, 'gate' | 'mode'>): Labels {
  return { gate, mode: String(mode) }
}

function refusalOf({ code, isEnforced }: { readonly code: string; readonly isEnforced: boolean }) {
  return { code, enforced: String(isEnforced) }
}

function placeOf({
  requirement,
  request,
}: Extract<GateEvent, { readonly requirement: string }>): Labels {
  return { requirement, route: request.route ?? '' }
}
