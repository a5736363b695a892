import type { Rows } from '../rows.ts'
import type { BinnedRows } from './bins.ts'
import { bestSplit, type Split, type SplitLimits, type Sums, sumsPerBin } from './split.ts'

/** How far a tree grows. */
export interface TreeLimits extends SplitLimits {
  /** Leaves, at most. */
  readonly leaves: number
  /** Questions from the root to a leaf, at most. */
  readonly depth: number
}

/** A binary tree, node by node: node 0 is the root, a node's right child follows its left one. */
export interface Tree {
  /** The column that is asked; −1 for a leaf. */
  readonly column: Int32Array
  /** Rows with column ≤ threshold go left. */
  readonly threshold: Float64Array
  /** The same as a bin: rows whose bin is at most this go left. */
  readonly bin: Uint8Array
  /** 1 where rows with a gap go left. */
  readonly gapsLeft: Uint8Array
  readonly left: Int32Array
  /** A leaf's value; 0 elsewhere. */
  readonly value: Float64Array
}

/** A leaf that may yet be split: rows order[from … to). */
interface Leaf {
  readonly node: number
  readonly from: number
  readonly to: number
  /** Questions that may still be asked on the way to a leaf. */
  readonly levels: number
  readonly sums: Sums
  /** Of these rows; there whenever the leaf may be split. */
  histogram?: Float64Array
  split?: Split
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
  readonly bin: number[] = []
  readonly gapsLeft: number[] = []
  readonly left: number[] = []
  readonly value: number[] = []

  /** Adds a leaf of value 0. */
  add(): number {
    this.threshold.push(0)
    this.bin.push(0)
    this.gapsLeft.push(0)
    this.left.push(-1)
    this.value.push(0)
    return this.column.push(-1) - 1
  }

  tree(): Tree {
    return {
      column: Int32Array.from(this.column),
      threshold: Float64Array.from(this.threshold),
      bin: Uint8Array.from(this.bin),
      gapsLeft: Uint8Array.from(this.gapsLeft),
      left: Int32Array.from(this.left),
      value: Float64Array.from(this.value),
    }
  }
}

/**
 * Grows trees on binned rows, one after the other, the leaf of the largest gain first (Shi 2007; Ke et al. 2017).
 *
 * A leaf's value is Newton's step −G/(H + λ) (Chen & Guestrin 2016), over histograms of G = Σ gradients and H = Σ curvatures;
 * the larger child's histogram is its parent's minus its sibling's. No random number is used.
 */
export class TreeGrower {
  readonly #rows: BinnedRows
  readonly #limits: TreeLimits
  readonly #members: Int32Array
  readonly #order: Int32Array
  readonly #scratch: Int32Array
  readonly #free: Float64Array[] = []

  /** members: the rows to learn from. */
  constructor(rows: BinnedRows, limits: TreeLimits, members: Int32Array) {
    this.#rows = rows
    this.#limits = limits
    this.#members = members
    this.#order = new Int32Array(members.length)
    this.#scratch = new Int32Array(members.length)
  }

  /** One tree for these derivatives; adds its values, shrinkage included, to the scores of the members. All [n]. */
  grow(derivatives: Derivatives, scores: Float64Array, shrinkage: number): Tree {
    const nodes = new NodeList()
    const leaves = [this.#root(nodes.add(), derivatives)]
    while (leaves.length < this.#limits.leaves) {
      const place = largestGain(leaves)
      if (place < 0) break
      const children = this.#divide(leaves[place]!, nodes, derivatives)
      leaves.splice(place, 1, ...children)
    }
    for (const leaf of leaves) {
      nodes.value[leaf.node] = this.#addLeaf(leaf, scores, shrinkage)
      if (leaf.histogram) this.#free.push(leaf.histogram)
    }
    return nodes.tree()
  }

  #root(node: number, derivatives: Derivatives): Leaf {
    this.#order.set(this.#members)
    let [gradient, curvature] = [0, 0]
    for (const row of this.#members) {
      gradient += derivatives.gradients[row]!
      curvature += derivatives.curvatures[row]!
    }
    const rows = this.#members.length
    const leaf: Leaf = {
      node,
      from: 0,
      to: rows,
      levels: this.#limits.depth,
      sums: { gradient, curvature, rows },
    }
    if (this.#mayBeSplit(leaf)) this.#prepare(leaf, this.#histogram(leaf, derivatives))
    return leaf
  }

  #mayBeSplit({ levels, sums }: Leaf): boolean {
    return levels > 0 && sums.rows >= 2 * this.#limits.leastRows
  }

  /** Gives a leaf its histogram and the best question to ask. */
  #prepare(leaf: Leaf, histogram: Float64Array): void {
    leaf.histogram = histogram
    const split = bestSplit(this.#rows, histogram, leaf.sums, this.#limits)
    if (split) leaf.split = split
  }

  /** The value of a leaf; adds it to the scores of its rows. */
  #addLeaf({ from, to, sums }: Leaf, scores: Float64Array, shrinkage: number): number {
    const step = (-shrinkage * sums.gradient) / (sums.curvature + this.#limits.penalty)
    const value = Number.isFinite(step) ? step : 0
    for (let i = from; i < to; i++) scores[this.#order[i]!]! += value
    return value
  }

  /** Makes a leaf a question, and its rows those of two new leaves, which take over the histogram. */
  #divide(leaf: Leaf, nodes: NodeList, derivatives: Derivatives): [left: Leaf, right: Leaf] {
    const split = leaf.split!
    const middle = this.#partition(leaf.from, leaf.to, split)
    const levels = leaf.levels - 1
    nodes.column[leaf.node] = split.column
    nodes.threshold[leaf.node] = this.#rows.thresholds[split.column]![split.bin] ?? Number.POSITIVE_INFINITY
    nodes.bin[leaf.node] = split.bin
    nodes.gapsLeft[leaf.node] = split.gapsLeft ? 1 : 0
    const left: Leaf = { node: nodes.add(), from: leaf.from, to: middle, levels, sums: split.left }
    const right: Leaf = { node: nodes.add(), from: middle, to: leaf.to, levels, sums: split.right }
    nodes.left[leaf.node] = left.node
    const histogram = leaf.histogram!
    const [small, large] = split.left.rows <= split.right.rows ? [left, right] : [right, left]
    if (!this.#mayBeSplit(large)) {
      this.#free.push(histogram)
      return [left, right]
    }
    const ofSmall = this.#histogram(small, derivatives)
    for (let k = 0; k < histogram.length; k++) histogram[k]! -= ofSmall[k]!
    this.#prepare(large, histogram)
    if (this.#mayBeSplit(small)) this.#prepare(small, ofSmall)
    else this.#free.push(ofSmall)
    return [left, right]
  }

  /** Sums of each bin of each column over rows order[from … to), [dimension, width, 3]. */
  #histogram({ from, to }: Leaf, { gradients, curvatures }: Derivatives): Float64Array {
    const { codes, dimension, width } = this.#rows
    const order = this.#order
    const stride = width * sumsPerBin
    const histogram = this.#free.pop()?.fill(0) ?? new Float64Array(dimension * stride)
    for (let i = from; i < to; i++) {
      const row = order[i]!
      const gradient = gradients[row]!
      const curvature = curvatures[row]!
      const first = row * dimension
      for (let c = 0, base = 0; c < dimension; c++, base += stride) {
        const at = base + codes[first + c]! * sumsPerBin
        histogram[at]! += gradient
        histogram[at + 1]! += curvature
        histogram[at + 2]! += 1
      }
    }
    return histogram
  }

  /** Sorts order[from … to), stably, into rows that go left and rows that go right; where the latter begin. */
  #partition(from: number, to: number, { column, bin, gapsLeft }: Split): number {
    const { codes, dimension, gapBins } = this.#rows
    const gapBin = gapBins[column]!
    const order = this.#order
    const scratch = this.#scratch
    let lefts = from
    let rights = 0
    for (let i = from; i < to; i++) {
      const row = order[i]!
      const code = codes[row * dimension + column]!
      if (code === gapBin ? gapsLeft : code <= bin) order[lefts++] = row
      else scratch[rights++] = row
    }
    order.set(scratch.subarray(0, rights), lefts)
    return lefts
  }
}

/** The leaf whose split gains most, the first of equals; −1 where none has one. */
function largestGain(leaves: readonly Leaf[]): number {
  let [place, most] = [-1, 0]
  leaves.forEach(({ split }, k) => {
    if (split && split.gain > most) [place, most] = [k, split.gain]
  })
  return place
}

/** Adds the tree's value for each row to its score, [n]. NaN is a gap. */
export function addTree(tree: Tree, { values, count, dimension }: Rows, scores: Float64Array): void {
  const { column, threshold, gapsLeft, left, value } = tree
  for (let row = 0; row < count; row++) {
    let node = 0
    for (let asked = column[0]!; asked >= 0; asked = column[node]!) {
      const x = values[row * dimension + asked]!
      const goesLeft = x <= threshold[node]! || (Number.isNaN(x) && gapsLeft[node] === 1)
      node = left[node]! + (goesLeft ? 0 : 1)
    }
    scores[row]! += value[node]!
  }
}

/** The same for some of the rows that were binned with those learned from. */
export function addTreeToBinned(tree: Tree, rows: BinnedRows, some: Int32Array, scores: Float64Array): void {
  const { codes, dimension, gapBins } = rows
  const { column, bin, gapsLeft, left, value } = tree
  for (let i = 0; i < some.length; i++) {
    const first = some[i]! * dimension
    let node = 0
    for (let asked = column[0]!; asked >= 0; asked = column[node]!) {
      const code = codes[first + asked]!
      const goesLeft = code === gapBins[asked] ? gapsLeft[node] === 1 : code <= bin[node]!
      node = left[node]! + (goesLeft ? 0 : 1)
    }
    scores[some[i]!]! += value[node]!
  }
}
