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
import { adamsStep } from './adams.ts'
import { notFinite } from './flow.ts'
import type { FlowClock, FlowMoment } from './flow-clock.ts'
import { gaussianScale, type RowPath } from './flow-path.ts'
import { effectOf } from './integrator.ts'

/** Longest step by the flow's clock at the usual tolerance, 0.02 nats: at others it follows the order of the method. */
const [longestStep, usualTolerance] = [0.2, 0.02]
/** Slopes that a step goes by, at most. */
const mostSlopes = 5
/** Where the first step is parted, in steps: the first few have few slopes to go by, and would be the worst of all. */
const firstParts = [1 / 8, 1 / 4, 1 / 2]

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
  readonly clock: FlowClock
  /** Intervals that the way is parted in: each is a whole number of steps, so that its ends need no interpolation. */
  readonly intervals: number
  /** Of a row's log-density, nats: steps are so long that few rows are above it. */
  readonly tolerance: number
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
 * Adams’ methods of up to five slopes (`adamsStep`) in u = (x̄ − mean)/c (`FlowPath`), with steps that are even by the flow's clock: predict, evaluate, correct; the slope at the
 * predicted point is kept. Between the nodes Hermite's cubic. error: Σ |what Milne's estimate of each step does to the log-density|.
 */
export class CommonSteps {
  private readonly problem: CommonProblem
  private readonly program: Program
  private readonly batch: number
  private readonly places: readonly (FlowMoment & { readonly sigma: number; readonly c: number })[]

  private constructor(problem: CommonProblem, program: Program, batch: number) {
    const { clock, intervals, tolerance, variance } = problem
    this.problem = problem
    this.program = program
    this.batch = batch
    const longest = longestStep * (tolerance / usualTolerance) ** (1 / (mostSlopes + 1))
    const steps = intervals * Math.ceil(clock.span / intervals / longest)
    const [first, ...others] = clock.moments(steps)
    const parts = firstParts.map((share) => clock.moment(share, steps))
    this.places = [first!, ...parts, ...others].map((moment) => ({
      ...moment,
      sigma: Math.exp(moment.t),
      c: gaussianScale(moment.t, variance).c,
    }))
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
    const start = places[0]!.c
    const us = [
      new Float64Array(size).map(
        (_, i) => (x[rows[Math.floor(i / d)]! * d + (i % d)]! - mean[i % d]!) / start,
      ),
    ]
    const slopes: Float64Array[] = []
    const errors = new Float64Array(rows.length)
    const conditions = this.conditionsOf(rows)
    for (const [k, { sigma, c, rate }] of places.entries()) {
      const before = places.slice(Math.max(0, k - mostSlopes), k).reverse()
      const recent = slopes.slice(-mostSlopes).reverse()
      const last = us.at(-1)!
      const step =
        k === 0
          ? undefined
          : adamsStep(
              before.map((place) => place.s),
              places[k]!.s,
            )
      const predicted = step ? moved(last, step.predictor, recent) : last
      const points = predicted.map((u, i) => mean[i % d]! + c * u)
      const denoised = await this.denoised(points, sigma, conditions)
      const share = (sigma / c) ** 2
      const drift = new Float64Array(size)
      for (let i = 0; i < size; i++) drift[i] = points[i]! - denoised[i]!
      const slope = drift.map((value, i) => rate * (value / c - share * predicted[i]!))
      slopes.push(slope)
      rows.forEach((row, place) => {
        evaluations[row]!++
        for (let i = place * d; i < (place + 1) * d; i++)
          if (!Number.isFinite(drift[i]!)) throw notFinite(row, sigma)
      })
      if (!step) continue
      const corrected = moved(last, step.corrector, [slope, ...recent])
      const off = predicted.map((u, i) => step.share * c * (corrected[i]! - u))
      for (let place = 0; place < rows.length; place++) {
        const own = (of: Float64Array): Float64Array => of.subarray(place * d, (place + 1) * d)
        errors[place]! += Math.abs(effectOf(own(off), own(drift), { dimension: d, sigma }))
      }
      us.push(corrected)
    }
    return rows.map((_, place) => ({
      error: errors[place]!,
      end: placed(us.at(-1)!, places.at(-1)!.c, { mean, place }),
      at: (moment) => this.between(moment, { us, slopes, place }),
    }))
  }

  /** Frees what the runtime holds. */
  async dispose(): Promise<void> {
    await this.program.dispose()
  }

  /** x̄ of a row at any time, by Hermite's cubic between two nodes. */
  private between(
    { s: when, t }: FlowMoment,
    known: {
      readonly us: readonly Float64Array[]
      readonly slopes: readonly Float64Array[]
      readonly place: number
    },
  ): Float64Array {
    const { us, slopes, place } = known
    const { mean, variance } = this.problem
    const { dimension: d } = this.problem.fitted.model
    const k = Math.max(
      0,
      this.places.findLastIndex((place, i) => place.s <= when && i + 1 < us.length),
    )
    const h = this.places[k + 1]!.s - this.places[k]!.s
    const s = (when - this.places[k]!.s) / h
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

/** u and Σ weight · slope. */
function moved(
  u: Float64Array,
  weights: readonly number[],
  slopes: readonly Float64Array[],
): Float64Array<ArrayBuffer> {
  const result = new Float64Array(u.length)
  for (let i = 0; i < u.length; i++) {
    let sum = 0
    for (let k = 0; k < weights.length; k++) sum += weights[k]! * slopes[k]![i]!
    result[i] = u[i]! + sum
  }
  return result
}
