import type { HostArray } from '../../engine/index.ts'
import type { ChainDraws } from './draws.ts'

/** Chains that are looked at, and values that are kept of them in all. */
const [mostChains, fewestChains, mostValues] = [64, 4, 2 ** 21]

/** What the first chains of a batch went through after their warm-up. */
export class ChainRecord {
  readonly acceptances: Float64Array
  readonly draws: number
  private readonly from: number
  private readonly batchSize: number
  private readonly dimension: number
  /** [M, d, N]. */
  private readonly values: Float64Array
  private filled = 0

  /** Of the places from … to − 1 of a batch, each to take `draws` draws. */
  constructor(options: {
    readonly from: number
    readonly to: number
    readonly draws: number
    readonly batchSize: number
    readonly dimension: number
  }) {
    const { from, to, draws, batchSize, dimension } = options
    const few = Math.max(fewestChains, Math.floor(mostValues / Math.max(1, draws * dimension)))
    const count = Math.min(to - from, mostChains, few)
    this.from = from
    this.draws = draws
    this.batchSize = batchSize
    this.dimension = dimension
    this.acceptances = new Float64Array(count)
    this.values = new Float64Array(count * dimension * draws)
  }

  /** M, how many chains are looked at. */
  get count(): number {
    return this.acceptances.length
  }

  /** Takes the draws of transitions, x: [K, B, d], acceptance: [K, B], all but the first `skip`. */
  add(x: HostArray, acceptance: HostArray | undefined, skip: number): void {
    const { batchSize: rows, dimension: d, from, draws } = this
    for (let k = Math.max(0, skip); k < x.length / (rows * d); k++) {
      for (let m = 0; m < this.count; m++) {
        for (let j = 0; j < d; j++)
          this.values[(m * d + j) * draws + this.filled] = x[(k * rows + from + m) * d + j]!
        this.acceptances[m]! += (acceptance?.[k * rows + from + m] ?? 0) / draws
      }
      this.filled++
    }
  }

  /** The draws of one coordinate. */
  coordinate(j: number): ChainDraws {
    const { dimension: d, draws } = this
    return Array.from({ length: this.count }, (_, m) =>
      this.values.subarray((m * d + j) * draws, (m * d + j + 1) * draws),
    )
  }
}
