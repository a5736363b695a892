import { distinctRows, type MixedRows, mixedRowsAt } from './mixed-rows.ts'

/** Rows in a leaf: fewer cost more boxes, more cost more distances. */
const leafRows = 48
/** Rows that a node's widest column is found by. */
const sampledRows = 100

/**
 * Who is nearest to each of some rows, over as many sets of rows as one likes: `BoxTree.search` goes on where it stopped.
 *
 * Neighbours are different in content: what occurs ten times in the sets is one neighbour.
 */
export class Neighbours {
  readonly of: MixedRows
  /** k, neighbours of each row. */
  readonly most: number
  /** Squared distances, ascending, [count, most]; ∞ where there are fewer neighbours. */
  readonly squared: Float64Array
  /** What the neighbours are, [count, most]. */
  readonly lows: Uint32Array
  readonly highs: Uint32Array
  /** How many rows lie at the least distance, equal ones counted each, [count]. */
  readonly ties: Float64Array

  constructor(of: MixedRows, most: number) {
    this.of = of
    this.most = most
    this.squared = new Float64Array(of.count * most).fill(Number.POSITIVE_INFINITY)
    this.lows = new Uint32Array(of.count * most)
    this.highs = new Uint32Array(of.count * most)
    this.ties = new Float64Array(of.count)
  }

  /** Offers row `row` a neighbour at a squared distance that is less than its farthest one's. */
  insert(row: number, squared: number, low: number, high: number): void {
    const first = row * this.most
    const end = first + this.most
    for (let k = first; k < end && this.squared[k]! <= squared; k++)
      if (this.lows[k] === low && this.highs[k] === high) return
    let place = end - 1
    for (; place > first && this.squared[place - 1]! > squared; place--) {
      this.squared[place] = this.squared[place - 1]!
      this.lows[place] = this.lows[place - 1]!
      this.highs[place] = this.highs[place - 1]!
    }
    this.squared[place] = squared
    this.lows[place] = low
    this.highs[place] = high
  }
}

/**
 * An index of rows for exact nearest neighbours: halves of halves, each in the least box that holds it. A box that is farther
 * away than the neighbours found so far is not opened.  Friedman, Bentley, Finkel 1977.
 *
 * A node is split at the median of the column that spreads most in it, of numbers or of codes, so that columns that say
 * nothing cost nothing. Equal rows are held once. Time to build: O(n log n).
 */
export class BoxTree {
  private readonly rows: MixedRows
  private readonly weights: Float64Array
  /** First row of each node, and the one behind its last. */
  private readonly from: number[] = []
  private readonly to: number[] = []
  /** The second child; the first is the next node. 0: a leaf. */
  private readonly second: number[] = []
  private readonly lowNumbers: Float64Array
  private readonly highNumbers: Float64Array
  private readonly lowCodes: Int32Array
  private readonly highCodes: Int32Array

  constructor(given: MixedRows) {
    const { rows, weights } = distinctRows(given)
    const order = Int32Array.from({ length: rows.count }, (_, row) => row)
    if (rows.count > 0) this.split(rows, order)
    this.rows = mixedRowsAt(rows, order)
    this.weights = Float64Array.from(order, (row) => weights[row]!)
    const nodes = this.from.length
    this.lowNumbers = new Float64Array(nodes * rows.numberWidth).fill(Number.POSITIVE_INFINITY)
    this.highNumbers = new Float64Array(nodes * rows.numberWidth).fill(Number.NEGATIVE_INFINITY)
    this.lowCodes = new Int32Array(nodes * rows.codeWidth).fill(2 ** 31 - 1)
    this.highCodes = new Int32Array(nodes * rows.codeWidth).fill(-(2 ** 31))
    for (let node = nodes - 1; node >= 0; node--) this.enclose(node)
  }

  /** Looks for neighbours of the rows first … end − 1 of `found` in this tree. */
  search(found: Neighbours, first = 0, end: number = found.of.count): void {
    if (this.rows.count === 0) return
    const { numbers, numberWidth, codes, codeWidth } = found.of
    const nodes = new Int32Array(128)
    const bounds = new Float64Array(128)
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
      bounds[0] = 0
      while (depth > 0) {
        depth--
        // A node as far as the nearest row may hold another one just as near, which is counted.
        if (bounds[depth]! >= found.squared[farthest]! && bounds[depth]! > found.squared[nearest]!) continue
        const node = nodes[depth]!
        const second = this.second[node]!
        if (second === 0) {
          this.compare(node, found, row, point, words)
          continue
        }
        const limit = found.squared[farthest]!
        const one = this.distanceToBox(node + 1, point, words, limit)
        const two = this.distanceToBox(second, point, words, limit)
        const nearer = one <= two ? depth + 1 : depth
        const further = one <= two ? depth : depth + 1
        nodes[nearer] = one <= two ? node + 1 : second
        bounds[nearer] = Math.min(one, two)
        nodes[further] = one <= two ? second : node + 1
        bounds[further] = Math.max(one, two)
        depth += 2
      }
    }
  }

  /** Compares row `row`, which is `point` and `words`, with all rows of a leaf. */
  private compare(
    node: number,
    found: Neighbours,
    row: number,
    point: Float64Array,
    words: Int32Array,
  ): void {
    const { numbers, codes, lows, highs } = this.rows
    const { squared, ties } = found
    const numberWidth = point.length
    const codeWidth = words.length
    const nearest = row * found.most
    const farthest = nearest + found.most - 1
    const end = this.to[node]!
    let limit = squared[farthest]!
    for (let other = this.from[node]!; other < end; other++) {
      let sum = 0
      const codesAt = other * codeWidth
      for (let k = 0; k < codeWidth; k++) if (words[k] !== codes[codesAt + k]) sum++
      const numbersAt = other * numberWidth
      // Most rows are given up after a few columns.
      for (let k = 0; k < numberWidth && sum <= limit; k++) {
        const difference = point[k]! - numbers[numbersAt + k]!
        sum += difference * difference
      }
      if (sum > limit) continue
      if (sum < squared[nearest]!) ties[row] = this.weights[other]!
      else if (sum === squared[nearest]!) ties[row]! += this.weights[other]!
      if (sum < limit) found.insert(row, sum, lows[other]!, highs[other]!)
      limit = squared[farthest]!
    }
  }

  /** The squared distance of a row to the box of a node; something above `limit` where it is more than that. */
  private distanceToBox(node: number, point: Float64Array, words: Int32Array, limit: number): number {
    const { lowNumbers, highNumbers, lowCodes, highCodes } = this
    const numberWidth = point.length
    const codeWidth = words.length
    let sum = 0
    const codesAt = node * codeWidth
    for (let k = 0; k < codeWidth; k++) {
      const code = words[k]!
      if (code < lowCodes[codesAt + k]! || code > highCodes[codesAt + k]!) sum++
    }
    const numbersAt = node * numberWidth
    for (let k = 0; k < numberWidth && sum <= limit; k++) {
      const value = point[k]!
      const outside = Math.max(0, lowNumbers[numbersAt + k]! - value, value - highNumbers[numbersAt + k]!)
      sum += outside * outside
    }
    return sum
  }

  /** Makes the nodes, a node before its children, and sorts `order` by leaves. */
  private split(rows: MixedRows, order: Int32Array): void {
    const open: { from: number; to: number; parent: number }[] = [{ from: 0, to: rows.count, parent: -1 }]
    for (let next = open.pop(); next; next = open.pop()) {
      const { from, to, parent } = next
      const node = this.from.length
      this.from.push(from)
      this.to.push(to)
      this.second.push(0)
      if (parent >= 0) this.second[parent] = node
      if (to - from <= leafRows) continue
      const middle = halve(rows, order, from, to)
      // The first child is the next to be made, so only the second needs its parent.
      open.push({ from: middle, to, parent: node }, { from, to: middle, parent: -1 })
    }
  }

  /** The box of a node: of its children's boxes, or of its rows. */
  private enclose(node: number): void {
    const { numbers, numberWidth, codes, codeWidth } = this.rows
    const second = this.second[node]!
    const widen = (
      width: number,
      low: Float64Array | Int32Array,
      high: typeof low,
      by: typeof low,
      of: typeof low,
      item: number,
    ): void => {
      for (let k = 0; k < width; k++) {
        const at = node * width + k
        low[at] = Math.min(low[at]!, by[item * width + k]!)
        high[at] = Math.max(high[at]!, of[item * width + k]!)
      }
    }
    if (second === 0) {
      for (let row = this.from[node]!; row < this.to[node]!; row++) {
        widen(numberWidth, this.lowNumbers, this.highNumbers, numbers, numbers, row)
        widen(codeWidth, this.lowCodes, this.highCodes, codes, codes, row)
      }
      return
    }
    for (const child of [node + 1, second]) {
      widen(numberWidth, this.lowNumbers, this.highNumbers, this.lowNumbers, this.highNumbers, child)
      widen(codeWidth, this.lowCodes, this.highCodes, this.lowCodes, this.highCodes, child)
    }
  }
}

/** Sorts rows from … to − 1 of `order` into two parts, both with a row, by the column that spreads most; where the second begins. */
function halve(rows: MixedRows, order: Int32Array, from: number, to: number): number {
  const { values, width, column } = widestColumn(rows, order, from, to)
  const valueAt = (place: number): number => values[order[place]! * width + column]!
  const sample = sampledPlaces(from, to).map(valueAt).sort()
  const pivot = sample[sample.length >> 1]!
  const partition = (goesFirst: (value: number) => boolean): number => {
    let first = from
    for (let place = from; place < to; place++) {
      if (!goesFirst(valueAt(place))) continue
      const moved = order[place]!
      order[place] = order[first]!
      order[first++] = moved
    }
    return first
  }
  const below = partition((value) => value < pivot)
  if (below > from) return below
  const upTo = partition((value) => value <= pivot)
  return upTo < to ? upTo : (from + to) >> 1
}

function widestColumn(
  rows: MixedRows,
  order: Int32Array,
  from: number,
  to: number,
): { readonly values: Float64Array | Int32Array; readonly width: number; readonly column: number } {
  const { numbers, numberWidth, codes, codeWidth } = rows
  const places = sampledPlaces(from, to)
  let widest = { values: numbers as Float64Array | Int32Array, width: numberWidth, column: 0 }
  let most = -1
  for (let column = 0; column < numberWidth; column++) {
    let [sum, squares] = [0, 0]
    const centre = numbers[order[from]! * numberWidth + column]!
    for (const place of places) {
      const value = numbers[order[place]! * numberWidth + column]! - centre
      sum += value
      squares += value * value
    }
    const spread = squares / places.length - (sum / places.length) ** 2
    if (spread > most) [most, widest] = [spread, { values: numbers, width: numberWidth, column }]
  }
  for (let column = 0; column < codeWidth; column++) {
    // Half the mean squared distance of two rows, as the variance is for numbers: ½(1 − Σ p²).
    const counts = new Map<number, number>()
    for (const place of places) {
      const code = codes[order[place]! * codeWidth + column]!
      counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    let alike = 0
    for (const count of counts.values()) alike += (count / places.length) ** 2
    const spread = (1 - alike) / 2
    if (spread > most) [most, widest] = [spread, { values: codes, width: codeWidth, column }]
  }
  return widest
}

function sampledPlaces(from: number, to: number): Float64Array {
  const count = Math.min(sampledRows, to - from)
  return Float64Array.from({ length: count }, (_, i) => from + Math.floor((i * (to - from)) / count))
}
