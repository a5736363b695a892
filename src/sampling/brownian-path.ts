import { RandomStream, type RowRange } from '../base/index.ts'

/** Halvings of a unit of ln σ: paths are the same to a 256th, whatever the steps. */
export const depth = 8
export const leaves: number = 2 ** depth
/** Units of ln σ that a path reaches to each side of 0: all numbers there are. */
const reach = 1024
/** Most ends of steps within one 256th. */
const mostInLeaf = 2 ** 13

/** The counter of a place in the tree of the unit of λ from `cell` on: 0 is the unit itself, 2^j + i the middle of its piece i of 2^j. */
export function treeCounter(cell: number, node: number): number {
  return (cell + reach) * leaves + node
}

/** The counter of the end number `ends`, from 0, in a 256th of the unit from `cell` on. */
export function leafCounter(cell: number, index: number, ends: number): number {
  return ((cell + reach) * leaves + index) * mostInLeaf + ends
}

/**
 * One Brownian path W(λ), λ = −ln σ, for each row of a seed: where the noise of steps comes from.
 *
 * The increments over units of λ are independent, N(0, 1); within a unit the path is filled in by Lévy's construction: the middle of an
 * interval of length w is N(the mean of its ends, w/4), eight times over, and what lies in between by a bridge.  Lévy 1948;
 * Li, Wong, Chen, Duvenaud 2020 (virtual Brownian tree).
 * Each number is a function of (seed, row, place): nothing is stored. So a finer grid walks the same path, and halving the step
 * refines the same row, until steps are shorter than a 256th of ln σ. The law is that of Brownian motion for any steps: ends within
 * one 256th are drawn one after the other.
 */
export class BrownianPath {
  readonly tree: RandomStream
  readonly leaf: RandomStream

  constructor(seed: number) {
    this.tree = new RandomStream({ seed, name: 'sampling/path' })
    this.leaf = new RandomStream({ seed, name: 'sampling/path/leaf' })
  }

  /** Goes along the paths of rows first … first + count − 1, each of d = width numbers, from level σ downwards. */
  from(sigma: number, rows: RowRange): PathWalk {
    return new PathWalk(this, rows, sigma)
  }
}

/** The paths of some rows, walked from one noise level to the next. */
export class PathWalk {
  private readonly path: BrownianPath
  private readonly rows: RowRange
  private lambda: number
  private now: Float64Array
  private cell: number
  /** W at both ends of the intervals that λ is in, the unit first; its middle, and which interval that is the middle of. */
  private readonly low: Float64Array[]
  private readonly high: Float64Array[]
  private readonly middle: Float64Array[]
  private readonly middleOf = new Int32Array(depth).fill(-1)
  private leafIn = -1
  private leafEnds = 0
  private lambdaInCell = 0
  private readonly normals: Float32Array

  constructor(path: BrownianPath, rows: RowRange, sigma: number) {
    const size = rows.count * rows.width
    const array = (): Float64Array => new Float64Array(size)
    this.path = path
    this.rows = rows
    this.normals = new Float32Array(size)
    this.lambda = -Math.log(sigma)
    this.cell = Math.floor(this.lambda)
    this.low = Array.from({ length: depth + 1 }, array)
    this.high = Array.from({ length: depth + 1 }, array)
    this.middle = Array.from({ length: depth }, array)
    this.enter()
    this.now = this.at(this.lambda)
  }

  /** Goes on to a lower level σ: (W(λ_s) − W(λ_t))/√(λ_s − λ_t) of each row, standard normal, into `out`, [count, d]. */
  to(sigma: number, out: Float32Array): Float32Array {
    const [before, from] = [this.now, this.lambda]
    this.lambda = -Math.log(sigma)
    this.now = this.at(this.lambda)
    const scale = 1 / Math.sqrt(this.lambda - from)
    for (let i = 0; i < out.length; i++) out[i] = scale * (this.now[i]! - before[i]!)
    return out
  }

  /** W(λ), for a λ no less than the last one. */
  private at(lambda: number): Float64Array {
    while (this.cell < Math.floor(lambda)) {
      this.low[0]!.set(this.high[0]!)
      this.cell++
      this.enter()
    }
    const u = lambda - this.cell
    for (let j = 0; j < depth; j++) this.halve(j, u)
    return this.between(u)
  }

  /** Begins a unit of λ. */
  private enter(): void {
    const z = this.draw(this.path.tree, treeCounter(this.cell, 0))
    const [low, high] = [this.low[0]!, this.high[0]!]
    for (let i = 0; i < z.length; i++) high[i] = low[i]! + z[i]!
    this.middleOf.fill(-1)
    this.leafIn = -1
  }

  /** The half of the interval of length 2^−j that u is in. */
  private halve(j: number, u: number): void {
    const pieces = 2 ** j
    const index = Math.floor(u * pieces)
    const [low, high, middle] = [this.low[j]!, this.high[j]!, this.middle[j]!]
    if (this.middleOf[j] !== index) {
      this.middleOf[j] = index
      const z = this.draw(this.path.tree, treeCounter(this.cell, pieces + index))
      const spread = 0.5 / Math.sqrt(pieces)
      for (let i = 0; i < z.length; i++) middle[i] = 0.5 * (low[i]! + high[i]!) + spread * z[i]!
    }
    const isLeft = u * pieces < index + 0.5
    this.low[j + 1] = isLeft ? low : middle
    this.high[j + 1] = isLeft ? middle : high
  }

  /** W within the shortest interval, by a bridge from the last place in it, else from its begin, to its end. */
  private between(u: number): Float64Array {
    const index = Math.floor(u * leaves)
    const again = this.leafIn === index
    const begin = again ? this.lambdaInCell : index / leaves
    const [start, end] = [again ? this.now : this.low[depth]!, this.high[depth]!]
    this.leafEnds = again ? this.leafEnds + 1 : 0
    this.leafIn = index
    this.lambdaInCell = u
    const result = start.slice()
    const [done, left] = [u - begin, (index + 1) / leaves - u]
    if (done === 0) return result
    const z = this.draw(this.path.leaf, leafCounter(this.cell, index, this.leafEnds))
    const [share, spread] = [done / (done + left), Math.sqrt((done * left) / (done + left))]
    for (let i = 0; i < z.length; i++) result[i]! += share * (end[i]! - start[i]!) + spread * z[i]!
    return result
  }

  private draw(stream: RandomStream, counter: number): Float32Array {
    return stream.normal({ ...this.rows, counter }, this.normals)
  }
}
