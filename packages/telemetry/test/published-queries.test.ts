import { existsSync, readFileSync } from 'node:fs'
import { createPrometheusMetrics } from '@peergate/telemetry/prometheus'
import { Registry } from 'prom-client'
import t from 'tap'
import { findQueryFaults, metricsOf } from './support/find-query-faults.js'
import type { KnownNames } from './support/find-query-faults.js'
import { dashboard, publishedQueries, rules, ruleTests } from './support/published-queries.js'
import type { AlertRule } from './support/published-queries.js'

const registry = new Registry()
const metrics = createPrometheusMetrics({ registry })
const registered = registry.getMetricsAsArray() as unknown as readonly RegisteredMetric[]
metrics.stop()

/** What a metric of prom-client holds; its types leave it out. */
interface RegisteredMetric {
  readonly name: string
  readonly labelNames: readonly string[]
  /** Of histograms. */
  readonly upperBounds?: readonly number[]
}

/** Prometheus itself adds these to every series. */
const targetLabels = ['job', 'instance']

const known: KnownNames = {
  labels: new Map([...registered.flatMap(labelsOfMetric), ...rules.flatMap(labelsOfRecord)]),
  values: new Map([
    ['enforced', ['true', 'false']],
    ['identity', ['accepted', 'absent', 'rejected']],
    ['le', registered.flatMap(({ upperBounds = [] }) => upperBounds.map(String))],
    ['mode', ['observe', 'enforce', 'strict']],
    ['outcome', ['done', 'failed']],
    ['policy', ['live', 'shadow']],
  ]),
}

t.test('names only metrics and labels that exist, on the dashboard and in the rules', (t) => {
  t.ok(publishedQueries.length > 30)
  for (const { place, query, templated } of publishedQueries) {
    t.strictSame(findQueryFaults(query, known), [], place)
    const labels = new Set(metricsOf(query).flatMap((metric) => known.labels.get(metric) ?? []))
    t.strictSame(
      templated.filter((label) => !labels.has(label)),
      [],
      `labels in the texts of ${place}`,
    )
  }
  t.end()
})

t.test('shows every metric on the dashboard', (t) => {
  const shown = new Set(
    dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsOf(expr))),
  )
  const isShown = ({ name }: RegisteredMetric) => shown.has(name) || shown.has(`${name}_bucket`)
  t.strictSame(
    registered.filter((metric) => !isShown(metric)).map(({ name }) => name),
    [],
  )
  t.end()
})

t.test('chooses among the values of labels that exist', (t) => {
  const labels = new Set([...known.labels.values()].flat())
  const queries = dashboard.templating.list.flatMap(({ query }) => queryOf(query))
  t.strictSame(
    queries.map((query) => /^label_values\(\{.*\}, (\w+)\)$/u.exec(query)?.[1]),
    ['job', 'gate', 'mode'],
  )
  for (const label of ['job', 'gate', 'mode']) t.ok(labels.has(label), label)
  t.end()
})

const misspelt: readonly (readonly [query: string, fault: string])[] = [
  ['peergate_request_total', 'unknown metric peergate_request_total'],
  ['peergate_requests_total{gates="api"}', 'peergate_requests_total has no label gates'],
  ['sum by (code) (peergate_requests_total)', 'peergate_requests_total cannot be grouped by code'],
  [
    'peergate_requests_total / on (code) peergate_handshakes_refused_total',
    'peergate_requests_total cannot be grouped by code',
  ],
  ['peergate_reloads_total{outcome="failure"}', 'outcome is never failure'],
  ['peergate_client_certificate_remaining_seconds_bucket{le="604801"}', 'le is never 604801'],
  ['{gate="api"}', 'selects no metric by its name: {gate="api"}'],
  [
    'sum by (gate (peergate_requests_total)',
    'cannot be parsed: sum by (gate (peergate_requests_total)',
  ],
]
for (const [query, fault] of misspelt) {
  t.test(`finds that ${fault}`, (t) => {
    t.strictSame(findQueryFaults(query, known), [fault])
    t.end()
  })
}

t.test('lists each alert in the README', (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  t.strictSame(
    Array.from(readme.matchAll(/^\| `(Peergate\w+)`/gmu), ([, alert]) => alert),
    rules.flatMap(({ alert }) => alert ?? []),
  )
  t.end()
})

t.test('tries each alert in a case that fires and in one that is silent', (t) => {
  const alerts = rules.flatMap(({ alert }) => alert ?? [])
  const cases = ruleTests.flatMap((test) => test.alert_rule_test)
  for (const alert of alerts) {
    const own = cases.filter(({ alertname }) => alertname === alert)
    t.ok(
      own.some(({ exp_alerts: expected }) => expected.length > 0),
      `${alert} fires`,
    )
    t.ok(
      own.some(({ exp_alerts: expected }) => expected.length === 0),
      `${alert} is silent`,
    )
  }
  t.strictSame(
    cases.filter(({ alertname }) => !alerts.includes(alertname)),
    [],
  )
  t.end()
})

t.test('says of each alert what to do, in documents that exist', (t) => {
  for (const { alert, annotations = {} } of rules.filter((rule) => rule.alert !== undefined)) {
    const description = annotations['description'] ?? ''
    t.ok(annotations['summary'], `${alert} has a summary`)
    t.notMatch(description, /:\/\//u)
    const documents = description
      .replaceAll('{{ $labels.code }}', 'ERR_PEERGATE_CERTIFICATE_EXPIRED')
      .matchAll(/(?:"([^"]+)" in )?(docs\/[\w/.-]+\.md)/gu)
    let found = 0
    for (const [, section, path = ''] of documents) {
      found += 1
      const file = new URL(`../../../../${path}`, import.meta.url)
      t.ok(existsSync(file), `${alert}: ${path}`)
      if (section !== undefined) t.match(readFileSync(file, 'utf8'), `\n## ${section}\n`)
    }
    t.ok(found > 0, `${alert} names a document`)
  }
  t.end()
})

type LabelsByName = readonly [name: string, labels: readonly string[]]

function labelsOfMetric({ name, labelNames, upperBounds }: RegisteredMetric): LabelsByName[] {
  const labels = [...targetLabels, ...labelNames]
  if (upperBounds === undefined) return [[name, labels]]
  return [
    [`${name}_bucket`, [...labels, 'le']],
    [`${name}_count`, labels],
    [`${name}_sum`, labels],
  ]
}

/** The name of a recorded metric begins with its labels. */
function labelsOfRecord({ record }: AlertRule): LabelsByName[] {
  if (record === undefined) return []
  return [[record, record.slice(0, record.indexOf(':')).split('_')]]
}

function queryOf(query: unknown): readonly string[] {
  return typeof query === 'object' && query !== null ? [(query as { query: string }).query] : []
}
