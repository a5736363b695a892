import type { RandomStream } from '../base/index.ts'
import { type BrownianPath, depth, leafCounter, leaves, treeCounter } from './brownian-path.ts'

/**
 * The Brownian path of one row, at any place and in any order: what a solver needs that takes back steps.
 *
 * Exact at whole multiples of a 256th of λ, and at one place between each two of them: so the path under a step that is taken back
 * stays what it was, and taking it back favours no noise.
 */
export class PathOfRow {
  private readonly path: BrownianPath
  private readonly row: number
  private readonly dimension: number
  /** W(k) − W(k₀) at the begin of units of λ, from the first one asked for on. */
  private readonly units: Float64Array[] = []
  private readonly firstUnit: number
  private readonly middles = new Map<number, Float64Array>()

  /** Of this row of the path's seed, d numbers wide; `from`, the least λ that will be asked for. */
  constructor(
    path: BrownianPath,
    options: { readonly row: number; readonly dimension: number; readonly from: number },
  ) {
    this.path = path
    this.row = options.row
    this.dimension = options.dimension
    this.firstUnit = Math.floor(options.from)
    this.units.push(new Float64Array(options.dimension))
  }

  /** W(λ), [d], up to a constant that is the same for all λ. */
  at(lambda: number): Float64Array {
    const cell = Math.floor(lambda)
    const u = lambda - cell
    let [low, high] = [this.unit(cell), this.unit(cell + 1)]
    for (let j = 0; j < depth; j++) {
      const pieces = 2 ** j
      const index = Math.floor(u * pieces)
      const middle = this.middle(treeCounter(cell, pieces + index), low, high, pieces)
      if (u * pieces < index + 0.5) high = middle
      else low = middle
    }
    const index = Math.floor(u * leaves)
    const [done, left] = [u - index / leaves, (index + 1) / leaves - u]
    if (done === 0) return low
    const z = this.draw(this.path.leaf, leafCounter(cell, index, 0))
    const [share, spread] = [done / (done + left), Math.sqrt((done * left) / (done + left))]
    return low.map((w, i) => w + share * (high[i]! - w) + spread * z[i]!)
  }

  private unit(cell: number): Float64Array {
    const place = cell - this.firstUnit
    while (this.units.length <= place) {
      const last = this.units.length - 1
      const z = this.draw(this.path.tree, treeCounter(this.firstUnit + last, 0))
      this.units.push(this.units[last]!.map((w, i) => w + z[i]!))
    }
    return this.units[place]!
  }

  private middle(counter: number, low: Float64Array, high: Float64Array, pieces: number): Float64Array {
    const known = this.middles.get(counter)
    if (known) return known
    const z = this.draw(this.path.tree, counter)
    const spread = 0.5 / Math.sqrt(pieces)
    const middle = low.map((w, i) => 0.5 * (w + high[i]!) + spread * z[i]!)
    this.middles.set(counter, middle)
    return middle
  }

  private draw(stream: RandomStream, counter: number): Float32Array {
    return stream.normal({ first: this.row, count: 1, width: this.dimension, counter })
  }
}
