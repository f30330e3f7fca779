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
import { runField } from './servers/run-field.js'
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

async function measureServers(
  material: Material,
  { servers: pace }: Pace,
  execArgv: readonly string[],
): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const { title, competition, comparisons } of listCompetitions(material)) {
    const costs = await runField(competition, pace, { material, execArgv })
    figures.push(...comparisons.map((comparison) => compareServers(costs, title, comparison)))
  }
  return figures
}
