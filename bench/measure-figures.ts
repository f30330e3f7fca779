import { measureWorstHeaders } from './contracts/worst-headers.js'
import { measureDecisions } from './decision/decision-figures.js'
import { measureEvents } from './events/measure-share.js'
import type { Figure } from './figure.js'
import { measureHeap } from './heap/measure-heap.js'
import { measureImport } from './import/measure-import.js'
import { judgeShare, measurePassages } from './in-process/measure-passages.js'
import { mintMaterial } from './material.js'
import type { Material } from './material.js'
import type { Pace } from './paces.js'
import { listCompetitions } from './servers/competitions.js'
import { runGeneration, sortByServer } from './servers/run-field.js'
import type { RoundCost } from './servers/run-field.js'
import { compareServers } from './servers/server-figures.js'

/** Measures every figure, one after the other. */
export async function measureFigures(
  pace: Pace,
  execArgv: readonly string[],
): Promise<readonly Figure[]> {
  const material = await mintMaterial()
  const { figure: passage, microseconds } = await measurePassages(material, pace.passages)
  const servers = await measureServers(material, pace, execArgv)
  const [bare] = servers
  return [
    passage,
    ...(bare === undefined ? [] : [judgeShare(microseconds, bare)]),
    ...servers,
    ...(await measureDecisions(pace.decisions)),
    await measureEvents(microseconds, pace.events),
    await measureHeap(pace.certificates),
    ...(await measureWorstHeaders(pace.headers)),
    await measureImport(pace.imports),
  ]
}

/**
 * Other work on the machine comes and goes by minutes, so that all fields take turns too: the generations
 * of each are minutes apart.
 */
async function measureServers(
  material: Material,
  { servers: { generations, ...pace } }: Pace,
  execArgv: readonly string[],
): Promise<readonly Figure[]> {
  const fields = listCompetitions(material).map(({ title, competition, comparisons }) => ({
    title,
    competition,
    comparisons,
    measured: [] as (readonly RoundCost[])[],
  }))
  for (let generation = 1; generation <= generations; generation += 1) {
    for (const { title, competition, measured } of fields) {
      console.error(`generation ${generation} of ${generations}: ${title}`)
      measured.push(await runGeneration(competition, pace, { material, execArgv }))
    }
  }
  return fields.flatMap(({ title, comparisons, measured }) => {
    const costs = sortByServer(measured)
    return comparisons.map((comparison) => compareServers(costs, title, comparison))
  })
}
