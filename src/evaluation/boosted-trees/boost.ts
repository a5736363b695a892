import type { BinnedRows } from './bins.ts'
import type { Loss } from './loss.ts'
import { addTreeToBinned, type Tree, TreeGrower, type TreeLimits } from './tree.ts'

/** What boosting of binned rows is told. */
export interface Boosting {
  readonly rows: BinnedRows
  /** [n]. */
  readonly targets: Float64Array
  readonly loss: Loss
  /** The rows to learn from. */
  readonly members: Int32Array
  /**
   * Rows whose loss says when to stop: once the last ten rounds have not lowered it below that of the round before them. None:
   * all rounds are done.
   */
  readonly watched?: Int32Array
  /** Rows that are to be scored besides. */
  readonly asked?: Int32Array
  readonly rounds: number
  readonly shrinkage: number
  readonly limits: TreeLimits
}

/** Rounds that may pass without a lower loss of the watched rows, and what counts as lower: as in scikit-learn. */
const patience = 10
const tolerance = 1e-7

/** Fits trees one after the other; scores are of members, watched and asked rows, [n]. */
export function boost(given: Boosting): { start: number; trees: Tree[]; scores: Float64Array } {
  const { rows, targets, loss, members, watched, asked, rounds, shrinkage, limits } = given
  const start = loss.start(Float64Array.from(members, (row) => targets[row]!))
  const scores = new Float64Array(rows.count).fill(start)
  const gradients = new Float64Array(rows.count)
  const curvatures = new Float64Array(rows.count)
  const grower = new TreeGrower(rows, limits, members)
  const trees: Tree[] = []
  const losses: number[] = []
  while (trees.length < rounds) {
    if (watched && watched.length > 0) {
      losses.push(meanLoss(loss, scores, targets, watched))
      const before = losses.at(-1 - patience)
      if (before !== undefined && Math.min(...losses.slice(-patience)) >= before - tolerance) break
    }
    loss.differentiate(scores, targets, gradients, curvatures)
    const tree = grower.grow({ gradients, curvatures }, scores, shrinkage)
    trees.push(tree)
    if (watched) addTreeToBinned(tree, rows, watched, scores)
    if (asked) addTreeToBinned(tree, rows, asked, scores)
  }
  return { start, trees, scores }
}

function meanLoss(loss: Loss, scores: Float64Array, targets: Float64Array, rows: Int32Array): number {
  let sum = 0
  for (const row of rows) sum += loss.of(scores[row]!, targets[row]!)
  return sum / rows.length
}
