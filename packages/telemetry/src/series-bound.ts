import type { Labels } from './measurement.js'

/** The labels to count under: those that are asked for, or `other` in the place of what varies. */
export type BoundLabels = (metric: string, labels: Labels) => Labels

/**
 * Keeps the series of each metric finite, whatever routes, requirements and sets an application makes
 * up while it runs: a metric keeps its first 1000, and what comes later is counted
 * together.
 */
export function createSeriesBound(): BoundLabels {
  const known = new Map<string, Set<string>>()

  return (metric, labels) => {
    const series = known.get(metric) ?? new Set()
    known.set(metric, series)
    const short = mapValues(labels, shorten)
    const key = JSON.stringify(Object.entries(short))
    if (series.has(key)) return short
    if (series.size >= mostSeries) return mapValues(short, widen)
    series.add(key)
    return short
  }
}

const mostSeries = 1000

const longestLabel = 256

function shorten(text: string): string {
  return text.length > longestLabel ? `${text.slice(0, longestLabel)}…` : text
}

/** The values of all other labels are ours, and few, but for names of gates, of which a process has few. */
function widen(text: string, label: string): string {
  return varying.has(label) ? 'other' : text
}

const varying: ReadonlySet<string> = new Set(['code', 'requirement', 'route', 'trust_set'])

function mapValues(labels: Labels, map: (text: string, label: string) => string): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([label, text]) => [label, map(text, label)]),
  )
}
