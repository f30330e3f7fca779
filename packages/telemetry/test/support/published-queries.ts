import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A query of a dashboard or of an alert rule. */
export interface PublishedQuery {
  /** Where it stands: the title of a panel, or the name of a rule. */
  readonly place: string
  readonly query: string
  /** The labels that the texts beside it name. */
  readonly templated: readonly string[]
}

export interface AlertRule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly annotations?: Readonly<Record<string, string>>
}

export interface AlertTest {
  readonly name: string
  readonly alert_rule_test: readonly {
    readonly alertname: string
    readonly exp_alerts: readonly unknown[]
  }[]
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
  }[]
  readonly templating: { readonly list: readonly { readonly query: unknown }[] }
}

const root = new URL('../../../', import.meta.url)
const readText = (path: string) => readFileSync(new URL(path, root), 'utf8')

export const dashboard = JSON.parse(readText('dashboards/peergate.json')) as Dashboard

export const rules: readonly AlertRule[] = (
  parse(readText('alerts/peergate.rules.yaml')) as {
    readonly groups: readonly { readonly rules: readonly AlertRule[] }[]
  }
).groups.flatMap((group) => group.rules)

export const ruleTests = (
  parse(readText('alerts/peergate.rules.test.yaml')) as { readonly tests: readonly AlertTest[] }
).tests

/** Every query of the dashboard and of the alert rules, with Grafana's variables filled in. */
export const publishedQueries: readonly PublishedQuery[] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({
      place: title,
      query: expr.replaceAll('$__rate_interval', '1m'),
      templated: labelsIn(legendFormat, /\{\{\s*(\w+)\s*\}\}/gu),
    })),
  ),
  ...rules.map(({ alert, record, expr, annotations = {} }) => ({
    place: alert ?? String(record),
    query: expr,
    templated: labelsIn(Object.values(annotations).join(' '), /\$labels\.(\w+)/gu),
  })),
]

function labelsIn(text: string, pattern: RegExp): readonly string[] {
  return Array.from(text.matchAll(pattern), ([, label = '']) => label)
}
