import type { Contestant, Figure } from './figure.js'

/**
 * An SVG of the answers per second: a panel for each field of servers, and a bar for each server of it,
 * the fastest first. The same figures make the same text.
 */
export function drawThroughput(figures: readonly Figure[]): string {
  const panels = listPanels(figures)
  const tops = panels.map((_, index) =>
    panels.slice(0, index).reduce((top, panel) => top + heightOf(panel), headHeight),
  )
  const height = panels.reduce((sum, panel) => sum + heightOf(panel), headHeight) + margin / 2
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">Throughput beside the alternatives</title>`,
    `<desc id="description">${escapeText(describe(panels))}</desc>`,
    `<style>${style}</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    `<text class="head" x="${margin}" y="44">Throughput beside the alternatives</text>`,
    `<text class="unit" x="${margin}" y="66">Answers per second, each panel with a scale of its own. Whoever is pale knows nothing of identities.</text>`,
    ...panels.flatMap((panel, index) => drawPanel(panel, tops[index] ?? 0)),
    '</svg>\n',
  ].join('\n')
}

interface Panel {
  readonly field: string
  readonly bars: readonly Bar[]
}

interface Bar {
  readonly name: string
  readonly throughput: number
}

/** A field that is judged more than once has one panel. */
function listPanels(figures: readonly Figure[]): readonly Panel[] {
  const panels = new Map<string, Panel>()
  for (const { contestants } of figures) {
    const [{ field } = {}] = contestants
    if (field === undefined || panels.has(field)) continue
    const bars = contestants
      .flatMap(barOf)
      .toSorted((one, other) => other.throughput - one.throughput)
    panels.set(field, { field, bars })
  }
  return [...panels.values()]
}

function barOf({ name, throughput }: Contestant): readonly Bar[] {
  return throughput === undefined ? [] : [{ name, throughput }]
}

function drawPanel({ field, bars }: Panel, top: number): readonly string[] {
  const most = Math.max(...bars.map(({ throughput }) => throughput))
  return [
    `<text class="field" x="${margin}" y="${top + 22}">${escapeText(field)}</text>`,
    ...bars.flatMap(({ name, throughput }, index) => {
      const y = top + titleHeight + index * barStep
      const length = Math.max(1, (throughput / most) * longest)
      const end = (barStart + length + 8).toFixed(1)
      const kind = kindOf(name)
      return [
        `<text class="name ${kind}" x="${barStart - 12}" y="${y + 15}">${escapeText(name)}</text>`,
        `<rect class="${kind}" x="${barStart}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="3"/>`,
        `<text class="value ${kind}" x="${end}" y="${y + 15}">${formatCount(throughput)}</text>`,
      ]
    }),
  ]
}

/** Who does less than is compared is drawn paler. */
function kindOf(name: string): 'floor' | 'other' | 'own' {
  if (name === 'Peergate') return 'own'
  return /^bare|^no-op/u.test(name) ? 'floor' : 'other'
}

function describe(panels: readonly Panel[]): string {
  return panels
    .map(({ field, bars }) => {
      const list = bars.map(({ name, throughput }) => `${name} ${formatCount(throughput)}`)
      return `${field}, in answers per second: ${list.join('; ')}.`
    })
    .join(' ')
}

function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function heightOf({ bars }: Panel): number {
  return titleHeight + bars.length * barStep + 18
}

const width = 840
const margin = 32
const headHeight = 86
const titleHeight = 36
const barHeight = 20
const barStep = 26
const barStart = 228
const longest = width - barStart - margin - 68

/** On a ground of its own, in the colours of the reader's theme. */
const style = `
text { font: 13px -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", Helvetica, Arial, sans-serif; fill: #1f2328 }
.ground { fill: #ffffff; stroke: #d0d7de }
.head { font-size: 20px; font-weight: 600 }
.field { font-size: 14px; font-weight: 600 }
.unit, .name, .value { fill: #59636e }
.name { text-anchor: end }
.value { font-variant-numeric: tabular-nums }
rect.floor { fill: #d8dee4 } rect.other { fill: #8c959f } rect.own { fill: #0969da }
text.own { fill: #0969da; font-weight: 600 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .ground { fill: #0d1117; stroke: #3d444d }
.unit, .name, .value { fill: #9198a1 }
rect.floor { fill: #2f353d } rect.other { fill: #656c76 } rect.own { fill: #4493f8 }
text.own { fill: #4493f8 }
}
`
