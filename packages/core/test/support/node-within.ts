/** Versions of Node, from one to another, both included. */
export type NodeRange = readonly [from: string, to: string]

/** Whether this Node is one of those that `ranges` name. */
export function isNodeWithin(...ranges: readonly NodeRange[]): boolean {
  const { compare } = new Intl.Collator('en', { numeric: true })
  const { node } = process.versions
  return ranges.some(([from, to]) => compare(from, node) <= 0 && compare(node, to) <= 0)
}
