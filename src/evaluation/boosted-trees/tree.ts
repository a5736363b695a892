import type { Rows } from '../rows.ts'
import type { BinnedRows } from './bins.ts'

/** How far a tree grows. */
export interface TreeLimits {
  /** Questions from the root to a leaf, at most. */
  readonly depth: number
  /** Rows that a leaf holds, at least. */
  readonly leastRows: number
  /** λ ≥ 0, the penalty ½λw² on a leaf's value w. */
  readonly penalty: number
}

/** A binary tree, node by node: node 0 is the root, a node's right child follows its left one. */
export interface Tree {
  /** The column that is asked; −1 for a leaf. */
  readonly column: Int32Array
  /** Rows with column ≤ threshold go left. */
  readonly threshold: Float64Array
  readonly left: Int32Array
  /** A leaf's value; 0 elsewhere. */
  readonly value: Float64Array
}

/** Of one bin or node: Σ gradient, Σ curvature, number of rows. */
const sumsPerBin = 3

interface Sums {
  readonly gradient: number
  readonly curvature: number
  readonly rows: number
}

interface Split {
  readonly column: number
  /** Rows whose bin is at most this go left. */
  readonly bin: number
  readonly left: Sums
  readonly right: Sums
}

/** A node that is still to become a leaf or a question: rows order[from … to). */
interface Task {
  readonly node: number
  readonly from: number
  readonly to: number
  /** Questions that may still be asked on the way to a leaf. */
  readonly levels: number
  readonly sums: Sums
  /** Of these rows; there whenever the node may be split. */
  histogram?: Float64Array
}

/** First and second derivative of each row's loss, [n]. */
export interface Derivatives {
  readonly gradients: Float64Array
  readonly curvatures: Float64Array
}

/** The nodes of a tree while it grows. */
class NodeList {
  readonly column: number[] = []
  readonly threshold: number[] = []
  readonly left: number[] = []
  readonly value: number[] = []

  /** Adds a leaf of value 0. */
  add(): number {
    this.threshold.push(0)
    this.left.push(-1)
    this.value.push(0)
    return this.column.push(-1) - 1
  }

  tree(): Tree {
    return {
      column: Int32Array.from(this.column),
      threshold: Float64Array.from(this.threshold),
      left: Int32Array.from(this.left),
      value: Float64Array.from(this.value),
    }
  }
}

/** Gains below this share of what a leaf gains without a split are rounding. */
const leastGain = 1e-12

/**
 * Grows trees on binned rows, one after the other.
 *
 * A leaf's value is Newton's step −G/(H + λ), and a split is chosen for the largest gain G_l²/(H_l+λ) + G_r²/(H_r+λ) − G²/(H+λ)
 * (Chen & Guestrin 2016), over histograms of G = Σ gradients and H = Σ curvatures; the larger child's histogram is its
 * parent's minus its sibling's (Ke et al. 2017). Of equal gains the first column's lowest bin wins: no random number is used.
 */
export class TreeGrower {
  readonly #rows: BinnedRows
  readonly #limits: TreeLimits
  readonly #order: Int32Array
  readonly #scratch: Int32Array
  readonly #free: Float64Array[] = []

  constructor(rows: BinnedRows, limits: TreeLimits) {
    this.#rows = rows
    this.#limits = limits
    this.#order = new Int32Array(rows.count)
    this.#scratch = new Int32Array(rows.count)
  }

  /** One tree for these derivatives; adds its values, shrinkage included, to the scores of the rows. All [n]. */
  grow(derivatives: Derivatives, scores: Float64Array, shrinkage: number): Tree {
    const nodes = new NodeList()
    const finish = (task: Task): void => {
      const split = this.#mayBeSplit(task) ? this.#bestSplit(task.histogram!, task.sums) : undefined
      if (split === undefined) {
        nodes.value[task.node] = this.#addLeaf(task, scores, shrinkage)
        if (task.histogram) this.#free.push(task.histogram)
      } else {
        this.#split(task, split, nodes, derivatives).forEach(finish)
      }
    }
    finish(this.#root(nodes.add(), derivatives))
    return nodes.tree()
  }

  #root(node: number, derivatives: Derivatives): Task {
    const order = this.#order
    for (let i = 0; i < order.length; i++) order[i] = i
    const { gradients, curvatures } = derivatives
    const sums = { gradient: sum(gradients), curvature: sum(curvatures), rows: order.length }
    const task: Task = { node, from: 0, to: order.length, levels: this.#limits.depth, sums }
    return this.#mayBeSplit(task) ? { ...task, histogram: this.#histogram(task, derivatives) } : task
  }

  #mayBeSplit({ levels, sums }: Task): boolean {
    return levels > 0 && sums.rows >= 2 * this.#limits.leastRows
  }

  /** The value of a leaf; adds it to the scores of its rows. */
  #addLeaf({ from, to, sums }: Task, scores: Float64Array, shrinkage: number): number {
    const step = (-shrinkage * sums.gradient) / (sums.curvature + this.#limits.penalty)
    const value = Number.isFinite(step) ? step : 0
    for (let i = from; i < to; i++) scores[this.#order[i]!]! += value
    return value
  }

  /** Writes the question into the node and makes tasks of its children, which take over the histogram. */
  #split(task: Task, split: Split, nodes: NodeList, derivatives: Derivatives): [left: Task, right: Task] {
    const middle = this.#partition(task.from, task.to, split)
    const levels = task.levels - 1
    nodes.column[task.node] = split.column
    nodes.threshold[task.node] = this.#rows.thresholds[split.column]![split.bin]!
    const left: Task = { node: nodes.add(), from: task.from, to: middle, levels, sums: split.left }
    const right: Task = { node: nodes.add(), from: middle, to: task.to, levels, sums: split.right }
    nodes.left[task.node] = left.node
    const histogram = task.histogram!
    const [small, large] = split.left.rows <= split.right.rows ? [left, right] : [right, left]
    if (!this.#mayBeSplit(large)) {
      this.#free.push(histogram)
      return [left, right]
    }
    const ofSmall = this.#histogram(small, derivatives)
    for (let k = 0; k < histogram.length; k++) histogram[k]! -= ofSmall[k]!
    small.histogram = ofSmall
    large.histogram = histogram
    return [left, right]
  }

  /** Sums of each bin of each column over rows order[from … to), [dimension, width, 3]. */
  #histogram({ from, to }: Task, { gradients, curvatures }: Derivatives): Float64Array {
    const { codes, dimension, width } = this.#rows
    const order = this.#order
    const histogram = this.#free.pop()?.fill(0) ?? new Float64Array(dimension * width * sumsPerBin)
    for (let i = from; i < to; i++) {
      const row = order[i]!
      const gradient = gradients[row]!
      const curvature = curvatures[row]!
      const first = row * dimension
      for (let c = 0; c < dimension; c++) {
        const at = (c * width + codes[first + c]!) * sumsPerBin
        histogram[at]! += gradient
        histogram[at + 1]! += curvature
        histogram[at + 2]! += 1
      }
    }
    return histogram
  }

  #bestSplit(histogram: Float64Array, all: Sums): Split | undefined {
    const { dimension, width, thresholds } = this.#rows
    const { leastRows, penalty } = this.#limits
    const strength = (gradient: number, curvature: number): number =>
      gradient === 0 ? 0 : (gradient * gradient) / (curvature + penalty)
    const alone = strength(all.gradient, all.curvature)
    let best = leastGain * alone
    let split: Split | undefined
    for (let column = 0; column < dimension; column++) {
      let [gradient, curvature, rows] = [0, 0, 0]
      const bins = thresholds[column]!.length
      for (let bin = 0; bin < bins; bin++) {
        const at = (column * width + bin) * sumsPerBin
        gradient += histogram[at]!
        curvature += histogram[at + 1]!
        rows += histogram[at + 2]!
        if (rows < leastRows) continue
        if (all.rows - rows < leastRows) break
        const right = {
          gradient: all.gradient - gradient,
          curvature: all.curvature - curvature,
          rows: all.rows - rows,
        }
        const gain = strength(gradient, curvature) + strength(right.gradient, right.curvature) - alone
        if (!(gain > best)) continue
        best = gain
        split = { column, bin, left: { gradient, curvature, rows }, right }
      }
    }
    return split
  }

  /** Sorts order[from … to), stably, into rows that go left and rows that go right; where the latter begin. */
  #partition(from: number, to: number, { column, bin }: Split): number {
    const { codes, dimension } = this.#rows
    const order = this.#order
    const scratch = this.#scratch
    let lefts = from
    let rights = 0
    for (let i = from; i < to; i++) {
      const row = order[i]!
      if (codes[row * dimension + column]! <= bin) order[lefts++] = row
      else scratch[rights++] = row
    }
    order.set(scratch.subarray(0, rights), lefts)
    return lefts
  }
}

/** Adds the tree's value for each row to its score, [n]. */
export function addTree(tree: Tree, { values, count, dimension }: Rows, scores: Float64Array): void {
  const { column, threshold, left, value } = tree
  for (let row = 0; row < count; row++) {
    let node = 0
    for (let asked = column[0]!; asked >= 0; asked = column[node]!)
      node = left[node]! + (values[row * dimension + asked]! <= threshold[node]! ? 0 : 1)
    scores[row]! += value[node]!
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
