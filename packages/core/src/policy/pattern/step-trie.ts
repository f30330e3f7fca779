import type { Step, UnitRange } from './pattern-syntax.js'

/** A tree of steps, which tells the entries that given units lead to. */
export interface StepTrie {
  /** Makes `entry` one to which the units of the range lead. */
  readonly add: (range: Pick<UnitRange, 'steps' | 'hasRest'>, entry: number) => void
  /**
   * The entries that the units lead to, in no order. Every node is visited once at most, whatever the
   * units are; nothing is kept of them.
   */
  readonly find: (units: readonly string[]) => number[]
}

export function createStepTrie(): StepTrie {
  const root = createNode()
  return {
    add({ steps, hasRest }, entry) {
      let node = root
      for (const step of steps) node = openNode(node, step)
      if (hasRest) node.rests.push(entry)
      else node.ends.push(entry)
    },
    find(units) {
      const found: number[] = []
      visit(root, units, 0, found)
      return found
    },
  }
}

interface Node {
  /** By the text of the unit, which an outside key may be. */
  readonly literals: Map<string, Node>
  any: Node | null
  /** The entries of which this is the last step. */
  readonly ends: number[]
  /** The entries to which every further unit leads that is not empty. */
  readonly rests: number[]
}

function createNode(): Node {
  return { literals: new Map(), any: null, ends: [], rests: [] }
}

function openNode(node: Node, step: Step): Node {
  if (step === null) return (node.any ??= createNode())
  const known = node.literals.get(step)
  if (known !== undefined) return known
  const made = createNode()
  node.literals.set(step, made)
  return made
}

function visit(node: Node, units: readonly string[], at: number, found: number[]): void {
  const unit = units[at]
  if (unit === undefined) {
    for (const entry of node.ends) found.push(entry)
    return
  }
  const literal = node.literals.get(unit)
  if (literal !== undefined) visit(literal, units, at + 1, found)
  if (unit === '') return
  for (const entry of node.rests) found.push(entry)
  if (node.any !== null) visit(node.any, units, at + 1, found)
}
