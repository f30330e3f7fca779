import type { TlsGate } from '@peergate/core'
import { optionError, parseOptions, strictOptions } from '@peergate/core/options'
import * as z from 'zod'
import type { LedgerLike } from './gauge-readings.js'

/** What metrics are made of, whichever framework they are for. */
export interface MetricsOptions {
  /** The TLS gates that gauges are read from; gates of one process need names of their own. */
  readonly tls?: TlsGate | readonly TlsGate[]
  /** The ledgers whose verdict is shown. */
  readonly ledgers?: readonly LedgerLike[]
  /** The name of one gate, whose events alone are counted; those of all gates without it. */
  readonly gate?: string
}

/** Metrics that are being taken. */
export interface GateMetrics {
  /** How many events and readings of gauges are missing in the metrics. */
  readonly faults: number
  /** Stops counting. */
  readonly stop: () => void
}

export interface ParsedMetricsOptions<Target> {
  readonly target: Target
  readonly tls: readonly TlsGate[]
  readonly ledgers: readonly LedgerLike[]
  readonly choice: { readonly gate?: string }
}

/**
 * @param owner the function whose options they are
 * @param name the option that says where the metrics go
 * @param methods what that must be able to do
 */
export function parseMetricsOptions<Target>(
  owner: string,
  { name, methods }: { readonly name: string; readonly methods: readonly string[] },
  options: MetricsOptions,
): ParsedMetricsOptions<Target> {
  const target = withMethods(methods)
  const parsed = parseOptions(owner, strictOptions({ ...shape, [name]: target }), options)
  const { tls = [], ledgers = [], gate } = parsed as MetricsOptions
  const gates = [tls].flat() as readonly TlsGate[]
  refuseTwins(
    owner,
    'tls',
    gates.map((tlsGate) => tlsGate.name),
  )
  refuseTwins(
    owner,
    'ledgers',
    ledgers.map((ledger) => ledger.gate),
  )
  return {
    target: (parsed as Record<string, unknown>)[name] as Target,
    tls: gates,
    ledgers,
    choice: gate === undefined ? {} : { gate },
  }
}

/** Two gates of one name would overwrite each other's gauges. */
function refuseTwins(owner: string, option: string, names: readonly string[]): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin === undefined) return
  const fault = `option "${option}" has two of the name ${JSON.stringify(twin)}; give each gate a name of its own`
  throw optionError(owner, fault)
}

function withMethods(methods: readonly string[]) {
  return z.custom<object>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
    `must have the methods ${methods.join(', ')}`,
  )
}

const tlsGate = withMethods(['status', 'attach'])

const shape = {
  tls: z
    .union([z.array(tlsGate), tlsGate], {
      error: 'must be made by createTlsGate, or be a list of such gates',
    })
    .exactOptional(),
  ledgers: z.array(withMethods(['verdict'])).exactOptional(),
  gate: z.string().min(1, 'must not be empty').exactOptional(),
}
