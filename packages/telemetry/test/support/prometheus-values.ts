import type { Registry } from 'prom-client'

/** What a registry shows of one metric: the values by their labels, without those of gate and mode. */
export async function valuesOf(
  registry: Registry,
  name: string,
): Promise<Readonly<Record<string, number>>> {
  const metrics = await registry.getMetricsAsJSON()
  const values = metrics.filter((known) => known.name === name).flatMap((known) => known.values)
  return Object.fromEntries(
    values.map(({ labels, value }) => [
      textOfLabels(name, labels as Record<string, string>),
      value,
    ]),
  )
}

/** What it shows of all counters whose events come from gates. */
export async function countsIn(registry: Registry): Promise<Readonly<Record<string, number>>> {
  const counted = registry
    .getMetricsAsArray()
    .filter(({ name, type }) => String(type) === 'counter' && !name.includes('subscriber'))
  const all = await Promise.all(counted.map(async ({ name }) => valuesOf(registry, name)))
  return Object.assign({}, ...all)
}

export function textOfLabels(metric: string, labels: Readonly<Record<string, string>>): string {
  const own = metric
    .replaceAll('.', '_')
    .replace(/^peergate_/u, '')
    .replace(/_total$/u, '')
  return [own, ...order.flatMap((label) => labels[label] ?? [])].join(' ')
}

const order = [
  'requirement',
  'route',
  'trust_set',
  'role',
  'layer',
  'subject',
  'outcome',
  'identity',
  'code',
  'policy',
  'enforced',
]
