import { startChild } from '../child.js'
import type { Child } from '../child.js'
import type { Material } from '../material.js'
import { fields } from './fields.js'
import type { Load, LoadResult } from './load/load.js'
import type { Span, SpanCost } from './measured-server.js'

/** How long a field is measured. */
export interface ServerPace {
  /** How often all processes are started anew. */
  readonly generations: number
  /** How often each server of a generation is measured. */
  readonly rounds: number
  /** How many requests each server has had before it is measured: what compiles it needs thousands. */
  readonly warmUp: number
  /** How many requests are measured at once. Rounds that are short escape other work on the machine. */
  readonly measured: number
}

/** How the servers of a field are asked. */
export interface Competition {
  readonly field: string
  readonly event: Span['event']
  readonly load: (port: number, amount: number) => Load
  /** How many ordinary requests take the time of one: so many fewer are sent. */
  readonly timesLonger: number
  /** Requests that whoever tells identities apart has to refuse; null where there are none. */
  readonly refused: ((port: number) => Load) | null
}

/** What a server was measured at. */
export interface ServerCosts {
  readonly name: string
  /** Microseconds of CPU time for each request: of each generation, what each round came to. */
  readonly cpu: readonly (readonly number[])[]
  /** Answers per second, by the rounds of all generations. */
  readonly throughput: readonly number[]
}

export interface Run {
  readonly material: Material
  /** For each server process, such as `--cpu-prof`. */
  readonly execArgv: readonly string[]
}

/** What a server was measured at in one round. */
export interface RoundCost extends SpanCost {
  readonly name: string
}

/** All that was measured of each server, by the generations of its field. */
export function sortByServer(
  generations: readonly (readonly RoundCost[])[],
): readonly ServerCosts[] {
  const names = new Set(generations.flat().map(({ name }) => name))
  return [...names].map((name) => {
    const own = generations.map((costs) => costs.filter((cost) => cost.name === name))
    return {
      name,
      cpu: own.map((costs) => costs.map(({ cpu }) => cpu)),
      throughput: own.flat().map(({ throughput }) => throughput),
    }
  })
}

interface RunningServer {
  readonly name: string
  readonly child: Child
  readonly port: number
}

/** Measures every server of a field by turns, each in a new process of its own. */
export async function runGeneration(
  competition: Competition,
  { rounds, warmUp, measured }: Omit<ServerPace, 'generations'>,
  run: Run,
): Promise<readonly RoundCost[]> {
  const names = Object.keys((await fields.get(competition.field)?.()) ?? {})
  const loader = startChild(new URL('load-process.js', import.meta.url), [])
  const servers: RunningServer[] = []
  const costs: RoundCost[] = []
  try {
    for (const name of names) servers.push(await startServer(competition.field, name, run))
    for (const server of servers) await checkRefusal(server, competition, loader)
    for (const server of servers) await measureServer(server, competition, warmUp, loader)
    for (let round = 0; round < rounds; round += 1) {
      // Whoever is always behind the same one is measured together with what that one leaves behind.
      for (const server of rotate(servers, round)) {
        costs.push(await measureServer(server, competition, measured, loader))
      }
    }
  } finally {
    await Promise.all([loader, ...servers.map(({ child }) => child)].map((child) => child.stop()))
  }
  return costs
}

async function startServer(
  field: string,
  name: string,
  { material, execArgv }: Run,
): Promise<RunningServer> {
  const child = startChild(new URL('server-process.js', import.meta.url), [field, name], execArgv)
  const { port } = (await child.ask(material)) as { readonly port: number }
  return { name, child, port }
}

const identityBlind = /^bare|^no-op/u

/** Whoever lets everybody in does less than is compared here. */
async function checkRefusal(
  { name, port }: RunningServer,
  { field, refused }: Competition,
  loader: Child,
): Promise<void> {
  if (refused === null || identityBlind.test(name)) return
  const load = refused(port)
  const result = (await loader.ask(load)) as LoadResult
  if (result.refused === load.amount) return
  throw new Error(`${field}: ${name} answers whom it must refuse`)
}

async function measureServer(
  { name, child, port }: RunningServer,
  { field, event, load, timesLonger }: Competition,
  requests: number,
  loader: Child,
): Promise<RoundCost> {
  const measured = Math.ceil(requests / timesLonger)
  const before = Math.ceil(measured / 8)
  await child.ask({ event, before, measured })
  const { refused } = (await loader.ask(load(port, before + measured))) as LoadResult
  if (refused > 0) throw new Error(`${field}: ${name} refuses whom it must answer`)
  return { name, ...((await child.ask()) as SpanCost) }
}

function rotate<Value>(values: readonly Value[], by: number): readonly Value[] {
  const first = by % values.length
  return [...values.slice(first), ...values.slice(0, first)]
}
