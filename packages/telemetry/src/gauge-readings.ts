import { inspect } from 'node:util'
import type { TlsGate } from '@peergate/core'
import type { GaugeName, Labels } from './measurement.js'

/** What metrics need of a ledger: whether its gate is ready for the next rollout mode. */
export interface LedgerLike {
  /** The name of the gate. */
  readonly gate: string
  readonly verdict: () => { readonly ready: 'no' | 'unknown' | 'yes' }
}

/** One value of one gauge. */
export interface Reading {
  readonly gauge: GaugeName
  readonly labels: Labels
  readonly value: number
}

/** What gauges are read from. */
export interface GaugeReader {
  /** What the gauges show now, without those of a gate or a ledger that throws. */
  readonly read: () => readonly Reading[]
  /** How often something threw; the first time is a process warning as well. */
  readonly faults: number
}

export function createGaugeReader(
  tlsGates: readonly Pick<TlsGate, 'status'>[],
  ledgers: readonly LedgerLike[],
): GaugeReader {
  let faults = 0
  const contain = (read: () => readonly Reading[]) => () => {
    try {
      return read()
    } catch (error) {
      faults += 1
      if (faults === 1) warnOfReading(error)
      return []
    }
  }
  const readers = [
    ...tlsGates.map((gate) => contain(() => readTlsGate(gate))),
    ...ledgers.map((ledger) => contain(() => [readLedger(ledger)])),
  ]
  return {
    read: () => readers.flatMap((read) => read()),
    get faults() {
      return faults
    },
  }
}

function warnOfReading(thrown: unknown): void {
  process.emitWarning(`a gauge could not be read: ${inspect(thrown)}`, {
    type: 'PeergateWarning',
    code: 'PEERGATE_GAUGE_THREW',
  })
}

function readTlsGate({ status }: Pick<TlsGate, 'status'>): readonly Reading[] {
  const { name: gate, mode, epoch, liveConnections, authorities, revocationLists } = status()
  const expiries = authorities.map(({ trustSet, role, notAfter }) =>
    moment('authorityExpiry', { gate, trust_set: trustSet, role }, notAfter),
  )
  const updates = revocationLists
    .filter(({ nextUpdate }) => nextUpdate !== null)
    .map(({ trustSet, nextUpdate }) =>
      moment('revocationListNextUpdate', { gate, trust_set: trustSet }, Number(nextUpdate)),
    )
  return [
    { gauge: 'liveConnections', labels: { gate, mode }, value: liveConnections },
    { gauge: 'trustEpoch', labels: { gate, epoch }, value: 1 },
    ...earliest(expiries),
    ...earliest(updates),
  ]
}

function moment(gauge: GaugeName, labels: Labels, milliseconds: number): Reading {
  return { gauge, labels, value: milliseconds / 1000 }
}

/** The least value of each series. */
function earliest(readings: readonly Reading[]): readonly Reading[] {
  const least = new Map<string, Reading>()
  for (const reading of readings) {
    const key = JSON.stringify(reading.labels)
    const known = least.get(key)
    if (known === undefined || reading.value < known.value) least.set(key, reading)
  }
  return [...least.values()]
}

function readLedger(ledger: LedgerLike): Reading {
  const value = readiness[ledger.verdict().ready]
  return { gauge: 'rolloutReady', labels: { gate: ledger.gate }, value }
}

const readiness = { yes: 1, no: 0, unknown: -1 } as const
