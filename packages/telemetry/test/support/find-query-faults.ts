import { parser } from '@prometheus-io/lezer-promql'

/** The labels of each metric; of those whose values are few, the values. */
export interface KnownNames {
  readonly labels: ReadonlyMap<string, readonly string[]>
  readonly values: ReadonlyMap<string, readonly string[]>
}

/** What a PromQL query names that does not exist; a query that cannot be parsed is a fault itself. */
export function findQueryFaults(query: string, known: KnownNames): readonly string[] {
  const root = parser.parse(query).topNode
  if (below(root, isError).length > 0) return [`cannot be parsed: ${query}`]
  const textOf = ({ from, to }: Node) => query.slice(from, to)
  return [
    ...below(root, named('VectorSelector')).flatMap((node) => selectorFaults(node, textOf, known)),
    ...below(root, named('GroupingLabels')).flatMap((node) => groupingFaults(node, textOf, known)),
  ]
}

/** The metrics that a query selects. */
export function metricsOf(query: string): readonly string[] {
  const root = parser.parse(query).topNode
  return metricsBelow(root, ({ from, to }) => query.slice(from, to))
}

type Node = ReturnType<typeof parser.parse>['topNode']
type TextOf = (node: Node) => string

function selectorFaults(node: Node, textOf: TextOf, { labels, values }: KnownNames): string[] {
  const [identifier] = below(node, named('Identifier'))
  if (identifier === undefined) return [`selects no metric by its name: ${textOf(node)}`]
  const metric = textOf(identifier)
  const own = labels.get(metric)
  if (own === undefined) return [`unknown metric ${metric}`]
  return below(node, isMatcher).flatMap((matcher) => {
    // A matcher has these three, or its query does not parse.
    const [label, operator, text] = children(matcher).map(textOf) as [string, string, string]
    if (!own.includes(label)) return [`${metric} has no label ${label}`]
    const value = text.slice(1, -1)
    const isExact = operator === '=' || operator === '!='
    const known = values.get(label)
    const isKnown = !isExact || known === undefined || known.includes(value)
    return isKnown ? [] : [`${label} is never ${value}`]
  })
}

/** Every metric of the expression that is grouped, or matched, must have the label. */
function groupingFaults(node: Node, textOf: TextOf, { labels }: KnownNames): string[] {
  // A grouping stands in an aggregation, or in what matches two vectors.
  const grouped = node.parent?.parent as Node
  const metrics = metricsBelow(grouped, textOf)
  return below(node, named('LabelName'))
    .map(textOf)
    .flatMap((label) =>
      metrics
        .filter((metric) => labels.get(metric)?.includes(label) === false)
        .map((metric) => `${metric} cannot be grouped by ${label}`),
    )
}

function metricsBelow(node: Node, textOf: TextOf): readonly string[] {
  return below(node, named('Identifier')).map(textOf)
}

function below(node: Node, isWanted: (node: Node) => boolean): readonly Node[] {
  return [
    ...(isWanted(node) ? [node] : []),
    ...children(node).flatMap((one) => below(one, isWanted)),
  ]
}

function children(node: Node): readonly Node[] {
  const found: Node[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child)
  return found
}

function named(name: string) {
  return (node: Node): boolean => node.name === name
}

function isMatcher({ name }: Node): boolean {
  return name === 'UnquotedLabelMatcher' || name === 'QuotedLabelMatcher'
}

function isError({ type }: Node): boolean {
  return type.isError
}
