import * as f from '../../engine/index.ts'

/** Rows of each side that one product compares. */
const asked = 256
const offered = 1024
/** More candidates are kept than are wanted, since products in float32 put near ones in the wrong order. */
const spare = 4

/** The nearest of some vectors, for each of others. */
export interface Nearest {
  /** k. */
  readonly most: number
  /** Which, by the index that they were offered under, the nearest first, [n, k]; −1 where fewer were offered. */
  readonly index: Int32Array
  /** Squared distances, exact to float64, [n, k]; ∞ where fewer were offered. */
  readonly apart: Float64Array
}

/**
 * Looks for the nearest neighbours of some vectors among others that pass by in blocks, by products of matrices:
 * ‖a − b‖² = ‖a‖² + ‖b‖² − 2 a·b finds candidates in float32; of those the distances are computed anew in float64.
 *
 * Where vectors have hundreds of numbers no index beats comparing all of them, and a product compares thousands of millions a second.
 */
export class NearestSearch {
  private readonly of: Float32Array
  private readonly width: number
  private readonly count: number
  private readonly most: number
  private readonly kept: number
  private readonly index: Int32Array
  private readonly apart: Float64Array
  private readonly program: f.Program

  private constructor(given: { of: Float32Array; width: number; most: number; program: f.Program }) {
    this.of = given.of
    this.width = given.width
    this.count = given.of.length / given.width
    this.most = given.most
    this.kept = given.most + spare
    this.program = given.program
    this.index = new Int32Array(this.count * this.kept).fill(-1)
    this.apart = new Float64Array(this.count * this.kept).fill(Number.POSITIVE_INFINITY)
  }

  /** of: [n, width]; most: k. To be disposed of after use. */
  static async open(options: {
    readonly of: Float32Array
    readonly width: number
    readonly most: number
    readonly runtime?: f.Runtime | undefined
  }): Promise<NearestSearch> {
    const { width, runtime } = options
    const program = await f.compile(
      {
        name: 'products',
        inputs: {
          a: { shape: [asked, width], dtype: 'float32' },
          b: { shape: [offered, width], dtype: 'float32' },
        },
        step: ({ inputs }) => ({
          outputs: { products: f.matmul(inputs['a']!, f.transpose(inputs['b']!, [1, 0])) },
        }),
      },
      { runtime },
    )
    return new NearestSearch({ ...options, program })
  }

  /** Lets vectors pass, [m, width], whose indices are first, first + 1, …; `onBlock` is told after each few hundred rows. */
  async pass(vectors: Float32Array, first: number, onBlock?: () => Promise<void>): Promise<void> {
    const { width, count } = this
    const total = vectors.length / width
    for (let from = 0; from < total; from += offered) {
      const rows = Math.min(offered, total - from)
      const b = new Float32Array(offered * width)
      b.set(vectors.subarray(from * width, (from + rows) * width))
      const squares = Float64Array.from({ length: rows }, (_, j) => product(b, j, b, j, width))
      for (let start = 0; start < count; start += asked) {
        const queries = Math.min(asked, count - start)
        const a = new Float32Array(asked * width)
        a.set(this.of.subarray(start * width, (start + queries) * width))
        const { products } = await this.program.run({ a, b })
        for (let i = 0; i < queries; i++) {
          const own = product(a, i, a, i, width)
          const row = start + i
          for (let j = 0; j < rows; j++) {
            const about = own + squares[j]! - 2 * products![i * offered + j]!
            if (about < this.apart[(row + 1) * this.kept - 1]!) this.keep(row, about, first + from + j)
          }
        }
        // What was kept of this block is measured anew while its numbers are at hand.
        for (let row = start; row < start + queries; row++) this.refine(row, b, first + from, rows)
        await onBlock?.()
      }
    }
  }

  /** What was found among all that passed. */
  found(): Nearest {
    const { count, kept, most } = this
    const index = new Int32Array(count * most)
    const apart = new Float64Array(count * most)
    for (let row = 0; row < count; row++)
      for (let k = 0; k < most; k++) {
        index[row * most + k] = this.index[row * kept + k]!
        apart[row * most + k] = this.apart[row * kept + k]!
      }
    return { most, index, apart }
  }

  dispose(): Promise<void> {
    return this.program.dispose()
  }

  private keep(row: number, apart: number, index: number): void {
    let place = (row + 1) * this.kept - 1
    for (; place > row * this.kept && this.apart[place - 1]! > apart; place--) {
      this.apart[place] = this.apart[place - 1]!
      this.index[place] = this.index[place - 1]!
    }
    this.apart[place] = apart
    this.index[place] = index
  }

  /** Exact distances of those kept that are of the block b, whose first index is `first`; then all in order again. */
  private refine(row: number, b: Float32Array, first: number, rows: number): void {
    const { kept, width } = this
    const at = row * kept
    const pairs = Array.from({ length: kept }, (_, k) => {
      const index = this.index[at + k]!
      const isNew = index >= first && index < first + rows
      return { index, apart: isNew ? squared(this.of, row, b, index - first, width) : this.apart[at + k]! }
    }).sort((one, other) => one.apart - other.apart || one.index - other.index)
    pairs.forEach(({ index, apart }, k) => {
      this.index[at + k] = index
      this.apart[at + k] = apart
    })
  }
}

function product(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let sum = 0
  for (let k = 0; k < width; k++) sum += a[i * width + k]! * b[j * width + k]!
  return sum
}

function squared(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let sum = 0
  for (let k = 0; k < width; k++) sum += (a[i * width + k]! - b[j * width + k]!) ** 2
  return sum
}
