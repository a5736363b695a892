import {
  compile,
  type HostArray,
  mapNamed,
  type Named,
  type Program,
  type Runtime,
  sizeOf,
} from '../../engine/index.ts'
import { asInputs, type FittedDenoiser } from '../../family/index.ts'
import { checkedBatchSize } from '../batch-size.ts'
import { denoiserSpec } from '../denoiser-spec.ts'
import { notFinite } from './flow.ts'
import { gaussianScale, type RowPath } from './flow-path.ts'
import { effectOf } from './integrator.ts'

/**
 * Adams–Bashforth of order p from the last p slopes, the newest first, and Adams–Moulton of order p + 1, which begins with the
 * slope to come.  Hairer, Nørsett, Wanner 1993, III.1.
 */
const predictors = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]]
const correctors = [
  [1 / 2, 1 / 2],
  [5 / 12, 8 / 12, -1 / 12],
  [9 / 24, 19 / 24, -5 / 24, 1 / 24],
  [251 / 720, 646 / 720, -264 / 720, 106 / 720, -19 / 720],
]
/** Milne's factors: the share of corrector less predictor that is error, for both of order p. */
const milne = [1 / 2, 1 / 6, 1 / 10, 19 / 270]

/** Length of a step in ln σ, at most. */
const longestStep = 0.2

/** What the paths of rows in step with one another need. */
export interface CommonProblem {
  readonly fitted: FittedDenoiser
  /** Rows at once, at most. */
  readonly most: number
  /** [n, ...shape] each, where the model takes conditions. */
  readonly conditions: Named<Float32Array>
  /** How often each row has asked, [n]: counted here. */
  readonly evaluations: Int32Array
  /** x̄ at σ_min, [n, d]. */
  readonly x: ArrayLike<number>
  /** ln σ_min and ln σ_max. */
  readonly from: number
  readonly to: number
  /** The data's mean, [d], and the mean variance of a column, above 0. */
  readonly mean: ArrayLike<number>
  readonly variance: number
  readonly runtime?: Runtime | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Paths of many rows down the flow, all at the same noise levels: the network works out what it makes of a level once, and a step takes one
 * evaluation.
 *
 * Adams' methods in u = (x̄ − mean)/c (`FlowPath`): predict, evaluate, correct; the slope at the predicted point is kept. Between the nodes
 * Hermite's cubic. error: Σ |what Milne's estimate of each step does to the log-density|.
 */
export class CommonSteps {
  private readonly problem: CommonProblem
  private readonly program: Program
  private readonly batch: number
  private readonly places: readonly { readonly t: number; readonly sigma: number; readonly c: number }[]

  private constructor(problem: CommonProblem, program: Program, batch: number) {
    const { from, to, variance } = problem
    this.problem = problem
    this.program = program
    this.batch = batch
    const steps = Math.ceil((to - from) / longestStep)
    this.places = Array.from({ length: steps + 1 }, (_, k) => {
      const t = k === steps ? to : from + ((to - from) * k) / steps
      return { t, sigma: Math.exp(t), c: gaussianScale(t, variance).c }
    })
  }

  /** Compiles the denoiser of rows of one level. */
  static async open(problem: CommonProblem): Promise<CommonSteps> {
    const batch = checkedBatchSize(problem.most)
    const { fitted, runtime } = problem
    const program = await compile(denoiserSpec(fitted.model, batch, 'common'), { loop: false, runtime })
    program.setShared(fitted.values)
    return new CommonSteps(problem, program, batch)
  }

  /** The path of each of these rows, in order. */
  async paths(rows: readonly number[]): Promise<RowPath[]> {
    const { x, mean, evaluations } = this.problem
    const { dimension: d } = this.problem.fitted.model
    const { places } = this
    const size = rows.length * d
    const h = (places.at(-1)!.t - places[0]!.t) / (places.length - 1)
    const start = places[0]!.c
    const us = [
      new Float64Array(size).map(
        (_, i) => (x[rows[Math.floor(i / d)]! * d + (i % d)]! - mean[i % d]!) / start,
      ),
    ]
    const slopes: Float64Array[] = []
    const errors = new Float64Array(rows.length)
    const conditions = this.conditionsOf(rows)
    for (const [k, { sigma, c }] of places.entries()) {
      const order = Math.min(slopes.length, predictors.length)
      const last = us.at(-1)!
      const recent = slopes.slice(-order).reverse()
      const predicted = order === 0 ? last : stepped(last, h, predictors[order - 1]!, recent)
      const points = predicted.map((u, i) => mean[i % d]! + c * u)
      const denoised = await this.denoised(points, sigma, conditions)
      const share = (sigma / c) ** 2
      const drift = new Float64Array(size)
      for (let i = 0; i < size; i++) drift[i] = points[i]! - denoised[i]!
      const slope = drift.map((value, i) => value / c - share * predicted[i]!)
      slopes.push(slope)
      rows.forEach((row, place) => {
        evaluations[row]!++
        for (let i = place * d; i < (place + 1) * d; i++)
          if (!Number.isFinite(drift[i]!)) throw notFinite(row, sigma)
      })
      if (k === 0) continue
      const corrected = stepped(last, h, correctors[order - 1]!, [slope, ...recent])
      const off = predicted.map((u, i) => milne[order - 1]! * c * (u - corrected[i]!))
      for (let place = 0; place < rows.length; place++) {
        const own = (of: Float64Array): Float64Array => of.subarray(place * d, (place + 1) * d)
        errors[place]! += Math.abs(effectOf(own(off), own(drift), { dimension: d, sigma }))
      }
      us.push(corrected)
    }
    return rows.map((_, place) => ({
      error: errors[place]!,
      end: placed(us.at(-1)!, places.at(-1)!.c, { mean, place }),
      at: (t) => this.between(t, { h, us, slopes, place }),
    }))
  }

  /** Frees what the runtime holds. */
  async dispose(): Promise<void> {
    await this.program.dispose()
  }

  /** x̄ of a row at any time, by Hermite's cubic between two nodes. */
  private between(
    t: number,
    known: {
      readonly h: number
      readonly us: readonly Float64Array[]
      readonly slopes: readonly Float64Array[]
      readonly place: number
    },
  ): Float64Array {
    const { h, us, slopes, place } = known
    const { mean, variance } = this.problem
    const { dimension: d } = this.problem.fitted.model
    const k = Math.min(us.length - 2, Math.max(0, Math.floor((t - this.places[0]!.t) / h)))
    const s = (t - this.places[k]!.t) / h
    const weights = [
      (1 + 2 * s) * (1 - s) ** 2,
      s ** 2 * (3 - 2 * s),
      h * s * (1 - s) ** 2,
      h * s ** 2 * (s - 1),
    ]
    const of = [us[k]!, us[k + 1]!, slopes[k]!, slopes[k + 1]!]
    const { c } = gaussianScale(t, variance)
    return Float64Array.from({ length: d }, (_, i) => {
      const u = of.reduce((sum, values, j) => sum + weights[j]! * values[place * d + i]!, 0)
      return mean[i]! + c * u
    })
  }

  private conditionsOf(rows: readonly number[]): Named<Float32Array> {
    const { conditions, fitted } = this.problem
    return mapNamed(fitted.model.conditions ?? {}, (shape, name) => {
      const width = sizeOf(shape)
      const own = new Float32Array(this.batch * width)
      rows.forEach((row, place) => {
        own.set(conditions[name]!.subarray(row * width, (row + 1) * width), place * width)
      })
      return own
    })
  }

  private async denoised(
    points: Float64Array,
    sigma: number,
    conditions: Named<Float32Array>,
  ): Promise<HostArray> {
    this.problem.signal?.throwIfAborted()
    const x = new Float64Array(this.batch * this.problem.fitted.model.dimension)
    x.set(points)
    const found = await this.program.run({ x, sigma: Float64Array.of(sigma), ...asInputs(conditions) })
    return found['denoised']!
  }
}

function placed(
  u: Float64Array,
  c: number,
  { mean, place }: { readonly mean: ArrayLike<number>; readonly place: number },
): Float64Array {
  const d = mean.length
  return Float64Array.from({ length: d }, (_, i) => mean[i]! + c * u[place * d + i]!)
}

function stepped(
  u: Float64Array,
  h: number,
  weights: readonly number[],
  slopes: readonly Float64Array[],
): Float64Array<ArrayBuffer> {
  const result = new Float64Array(u.length)
  for (let i = 0; i < u.length; i++) {
    let sum = 0
    for (let k = 0; k < weights.length; k++) sum += weights[k]! * slopes[k]![i]!
    result[i] = u[i]! + h * sum
  }
  return result
}
