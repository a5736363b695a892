import { type DormandPrinceStep, dormandPrince, withinStep } from './dormand-prince.ts'
import type { FlowMoment } from './flow-clock.ts'
import { effectOf, type Solution } from './integrator.ts'

/** A row's path, and what is known of the data that it comes from. */
export interface PathProblem {
  /** x̄ at σ_min, [d]. */
  readonly x: Float64Array
  /** ln σ_min and ln σ_max. */
  readonly from: number
  readonly to: number
  /** The data's mean, [d], and the mean variance of a column, above 0. */
  readonly mean: ArrayLike<number>
  readonly variance: number
  /** Of a step, in units of c. */
  readonly tolerance: number
}

/** A row's path down the flow, known everywhere. */
export interface RowPath {
  /** x̄ at σ_max, [d]. */
  readonly end: Float64Array
  /** What the path's error does to the log-density, nats, as far as is known. */
  readonly error: number
  /** x̄ at a moment between the ends, both included, [d]. */
  readonly at: (moment: FlowMoment) => Float64Array
}

/** c = √(σ² + s²) at t = ln σ, the deviation of noised data of variance s², and σ²/c², the noise's share of it. */
export function gaussianScale(t: number, variance: number): { readonly c: number; readonly share: number } {
  const sigma = Math.exp(t)
  const c = Math.hypot(sigma, Math.sqrt(variance))
  return { c, share: (sigma / c) ** 2 }
}

/**
 * The path of a row down the flow dx̄/dt = f, t = ln σ, without its divergence: known everywhere once it was followed.
 *
 * It goes by Dormand and Prince's method in u = (x̄ − mean)/c, c = √(σ² + s²), in which the flow of N(mean, s² I) stands still:
 * du/dt = f/c − u σ²/c².
 */
export class FlowPath {
  private readonly steps: DormandPrinceStep[] = []
  private readonly problem: PathProblem

  constructor(problem: PathProblem) {
    this.problem = problem
  }

  /** Asks for f at (t, x̄) until the end; its error is what the path's own does to the log-density, nats. */
  *followed(): Solution {
    const { x, from, to, mean, tolerance } = this.problem
    const start = this.scaleAt(from).c
    const solution = dormandPrince({
      ...{ y: x.map((value, i) => (value - mean[i]!) / start), from, to, tolerance },
      effect: (difference, step) => this.effectOf(difference, step),
      onStep: (step) => this.steps.push(step),
    })
    let next = solution.next()
    while (!next.done) {
      const { t, y: u } = next.value
      const { c, share } = this.scaleAt(t)
      const drift = yield { t, y: this.placed(u, c) }
      next = solution.next(u.map((value, i) => drift[i]! / c - value * share))
    }
    const { y, error } = next.value
    return { y: this.placed(y, this.scaleAt(to).c), error }
  }

  /** x̄ at a moment between the ends, both included. */
  at({ t }: FlowMoment): Float64Array {
    const { steps, problem } = this
    if (t === problem.from) return problem.x
    let step = steps[0]!
    for (const one of steps) if (one.t < t) step = one
    return this.placed(withinStep(step, t), this.scaleAt(t).c)
  }

  private placed(u: Float64Array, c: number): Float64Array {
    const { mean } = this.problem
    return u.map((value, i) => mean[i]! + c * value)
  }

  private scaleAt(t: number): { readonly c: number; readonly share: number } {
    return gaussianScale(t, this.problem.variance)
  }

  private effectOf(difference: Float64Array, { t, h, y, slopes }: DormandPrinceStep): number {
    const { c, share } = this.scaleAt(t + h)
    const end = withinStep({ t, h, y, slopes }, t + h)
    const drift = slopes[6]!.map((slope, i) => c * (slope + share * end[i]!))
    return effectOf(
      difference.map((value) => c * value),
      drift,
      { dimension: y.length, sigma: Math.exp(t + h) },
    )
  }
}
