import { divide } from './divide-rows.ts'
import { distinctRows, type MixedRows, mixedRowsAt } from './mixed-rows.ts'

/** Rows in a leaf: fewer cost more nodes, more cost more distances. */
const leafRows = 24

/**
 * Who is nearest to each of some rows, over as many sets of rows as one likes: `BoxTree.search` goes on where it stopped.
 *
 * Neighbours are different in content: what occurs ten times in the sets is one neighbour.
 */
export class Neighbours {
  readonly of: MixedRows
  /** k, neighbours of each row. */
  readonly most: number
  /** Distances to the power of `of`, ascending, [count, most]; ∞ where there are fewer neighbours. */
  readonly apart: Float64Array
  /** What the neighbours are, [count, most]. */
  readonly lows: Uint32Array
  readonly highs: Uint32Array
  readonly countsTies: boolean
  /** How many rows lie at the least distance, equal ones counted each, [count]. */
  readonly ties: Float64Array

  /** countsTies: whether `ties` is wanted; without, fewer rows are looked at. */
  constructor(of: MixedRows, most: number, { countsTies = true }: { readonly countsTies?: boolean } = {}) {
    this.of = of
    this.countsTies = countsTies
    this.most = most
    this.apart = new Float64Array(of.count * most).fill(Number.POSITIVE_INFINITY)
    this.lows = new Uint32Array(of.count * most)
    this.highs = new Uint32Array(of.count * most)
    this.ties = new Float64Array(of.count)
  }

  /** Offers row `row` a neighbour that is nearer than its farthest one. */
  insert(row: number, apart: number, low: number, high: number): void {
    const first = row * this.most
    const end = first + this.most
    for (let k = first; k < end && this.apart[k]! <= apart; k++)
      if (this.lows[k] === low && this.highs[k] === high) return
    let place = end - 1
    for (; place > first && this.apart[place - 1]! > apart; place--) {
      this.apart[place] = this.apart[place - 1]!
      this.lows[place] = this.lows[place - 1]!
      this.highs[place] = this.highs[place - 1]!
    }
    this.apart[place] = apart
    this.lows[place] = low
    this.highs[place] = high
  }
}

/**
 * An index of rows for exact nearest neighbours. A node that is farther away than the neighbours found so far is not opened.
 *
 * Where codes differ, a node has a child for each code of the column that tells most: how many codes differ is then known of all
 * rows below. Where they don't, or are too many, it is halved at the median of the column of numbers that spreads most, and each
 * half is in the least box that holds it (Friedman, Bentley, Finkel 1977). Equal rows are held once. Time to build: O(n log n).
 */
export class BoxTree {
  private readonly rows: MixedRows
  private readonly weights: Float64Array
  /** First row of each node, and the one behind its last. */
  private readonly from: Int32Array
  private readonly to: Int32Array
  /** The node behind the last one below: the first child is the next node, the others are behind each other. */
  private readonly end: Int32Array
  /** The column whose codes tell the children apart; −1: halves of numbers; −2: a leaf; −3: a leaf of rows with the same codes. */
  private readonly column: Int32Array
  /** The least box of numbers that holds a node's rows. */
  private readonly low: Float64Array
  private readonly high: Float64Array

  constructor(given: MixedRows) {
    const { rows, weights } = distinctRows(given)
    const { order, nodes } = divide(rows, leafRows)
    this.rows = mixedRowsAt(rows, order)
    this.weights = Float64Array.from(order, (row) => weights[row]!)
    this.from = Int32Array.from(nodes, ({ from }) => from)
    this.to = Int32Array.from(nodes, ({ to }) => to)
    this.end = Int32Array.from(nodes, ({ end }) => end)
    this.column = Int32Array.from(nodes, ({ column }) => column)
    this.low = new Float64Array(nodes.length * rows.numberWidth).fill(Number.POSITIVE_INFINITY)
    this.high = new Float64Array(nodes.length * rows.numberWidth).fill(Number.NEGATIVE_INFINITY)
    for (let node = nodes.length - 1; node >= 0; node--) this.enclose(node)
  }

  /** Looks for neighbours of the rows first … end − 1 of `found` in this tree. */
  search(found: Neighbours, first = 0, end: number = found.of.count): void {
    if (this.rows.count === 0) return
    const { numbers, numberWidth, codes, codeWidth } = found.of
    // What is known of the rows of an open node: codes that differ, and the distance to its box.
    const nodes = new Int32Array(this.from.length)
    const different = new Float64Array(this.from.length)
    const outside = new Float64Array(this.from.length)
    // Copies, since what is short and always at the same place is read fast.
    const point = new Float64Array(numberWidth)
    const words = new Int32Array(codeWidth)
    for (let row = first; row < end; row++) {
      for (let k = 0; k < numberWidth; k++) point[k] = numbers[row * numberWidth + k]!
      for (let k = 0; k < codeWidth; k++) words[k] = codes[row * codeWidth + k]!
      const nearest = row * found.most
      const farthest = nearest + found.most - 1
      let depth = 1
      nodes[0] = 0
      different[0] = 0
      outside[0] = 0
      while (depth > 0) {
        depth--
        const bound = different[depth]! + outside[depth]!
        // A node as far as the nearest row may hold another one just as near, which is counted.
        if (bound >= found.apart[farthest]! && (bound > found.apart[nearest]! || !found.countsTies)) continue
        const node = nodes[depth]!
        const column = this.column[node]!
        if (column < -1) {
          this.compare(node, found, row, point, words)
          continue
        }
        const [differ, out] = [different[depth]!, outside[depth]!]
        if (column >= 0) {
          depth = this.openWords(node, words[column]!, { nodes, different, outside, depth, differ, out })
          continue
        }
        const limit = found.apart[farthest]! - differ
        const [one, two] = [node + 1, this.end[node + 1]!]
        const [toOne, toTwo] = [this.distanceToBox(one, point, limit), this.distanceToBox(two, point, limit)]
        const isFirst = toOne <= toTwo
        nodes[depth] = isFirst ? two : one
        outside[depth] = isFirst ? toTwo : toOne
        different[depth++] = differ
        nodes[depth] = isFirst ? one : two
        outside[depth] = isFirst ? toOne : toTwo
        different[depth++] = differ
      }
    }
  }

  /** Puts the children of a node on the stack, the one of the same code on top; returns the new depth. */
  private openWords(node: number, code: number, open: Open): number {
    const { nodes, different, outside, differ, out } = open
    const column = this.column[node]!
    const { codes, codeWidth } = this.rows
    let depth = open.depth
    let same = -1
    for (let child = node + 1; child < this.end[node]!; child = this.end[child]!) {
      if (codes[this.from[child]! * codeWidth + column] === code) {
        same = child
        continue
      }
      nodes[depth] = child
      different[depth] = differ + 1
      outside[depth++] = out
    }
    if (same < 0) return depth
    nodes[depth] = same
    different[depth] = differ
    outside[depth++] = out
    return depth
  }

  /** Compares row `row`, which is `point` and `words`, with all rows of a leaf. */
  private compare(
    node: number,
    found: Neighbours,
    row: number,
    point: Float64Array,
    words: Int32Array,
  ): void {
    const { numbers, codes, lows, highs, power } = this.rows
    const { apart, ties } = found
    const numberWidth = point.length
    const codeWidth = words.length
    const nearest = row * found.most
    const farthest = nearest + found.most - 1
    const [start, end] = [this.from[node]!, this.to[node]!]
    const isAlike = this.column[node] === -3
    let limit = apart[farthest]!
    let differ = 0
    for (let other = start; other < end; other++) {
      if (!isAlike || other === start) {
        differ = 0
        const codesAt = other * codeWidth
        for (let k = 0; k < codeWidth && differ <= limit; k++) if (words[k] !== codes[codesAt + k]) differ++
      }
      let sum = 0
      const numbersAt = other * numberWidth
      // Most rows are given up after a few columns. Codes are added last, as in bounds, so that no rounding parts equals.
      if (power === 2)
        for (let k = 0; k < numberWidth && differ + sum <= limit; k++) {
          const difference = point[k]! - numbers[numbersAt + k]!
          sum += difference * difference
        }
      else
        for (let k = 0; k < numberWidth && differ + sum <= limit; k++)
          sum += Math.abs(point[k]! - numbers[numbersAt + k]!)
      sum += differ
      if (sum > limit) continue
      if (sum < apart[nearest]!) ties[row] = this.weights[other]!
      else if (sum === apart[nearest]!) ties[row]! += this.weights[other]!
      if (sum < limit) found.insert(row, sum, lows[other]!, highs[other]!)
      limit = apart[farthest]!
    }
  }

  /** The distance of numbers to the box of a node, to the power; something above `limit` where it is more than that. */
  private distanceToBox(node: number, point: Float64Array, limit: number): number {
    const { low, high } = this
    const { power } = this.rows
    const at = node * point.length
    let sum = 0
    for (let k = 0; k < point.length && sum <= limit; k++) {
      const value = point[k]!
      const outside = Math.max(0, low[at + k]! - value, value - high[at + k]!)
      sum += power === 2 ? outside * outside : outside
    }
    return sum
  }

  /** The box of a node: of its children's boxes, or of its rows. */
  private enclose(node: number): void {
    const { low, high } = this
    const { numbers, numberWidth } = this.rows
    const widen = (lows: Float64Array, highs: Float64Array, item: number): void => {
      for (let k = 0; k < numberWidth; k++) {
        const at = node * numberWidth + k
        low[at] = Math.min(low[at]!, lows[item * numberWidth + k]!)
        high[at] = Math.max(high[at]!, highs[item * numberWidth + k]!)
      }
    }
    if (this.column[node]! < -1)
      for (let row = this.from[node]!; row < this.to[node]!; row++) widen(numbers, numbers, row)
    else for (let child = node + 1; child < this.end[node]!; child = this.end[child]!) widen(low, high, child)
  }
}

/** A search's stack, and what is known of the node that is opened. */
interface Open {
  readonly nodes: Int32Array
  readonly different: Float64Array
  readonly outside: Float64Array
  readonly depth: number
  readonly differ: number
  readonly out: number
}
