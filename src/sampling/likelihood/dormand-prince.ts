import { ScorefieldError } from '../../engine/index.ts'
import { combined, type Solution } from './integrator.ts'

/**
 * Nodes and weights.  Dormand & Prince 1980, table 2 (RK5(4)7M). The last row is also the solution of order
 * 5.
 */
const nodes = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1]
const stages = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
]
/** The solution of order 5 less that of order 4. */
const errorWeights = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]
/**
 * What each slope counts at the share θ of a step, in powers θ, θ², θ³, θ⁴: a solution of order 4 all along the step.  Shampine 1986.
 */
const between = [
  [1, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
  [0, 0, 0, 0],
  [0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
  [0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
  [0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
  [0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
  [0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
]

/** Longest step. Times here are logarithms of noise levels; over a longer one both orders may miss the same thing, and agree by chance. */
const longestStep = 0.8

/** A step that was taken, from t over h: seven slopes, the last at its end. */
export interface DormandPrinceStep {
  readonly t: number
  readonly h: number
  readonly y: Float64Array
  readonly slopes: readonly Float64Array[]
}

/** y within a step, at the time t. */
export function withinStep(step: DormandPrinceStep, t: number): Float64Array {
  const share = (t - step.t) / step.h
  const weights = between.map((powers) => powers.reduceRight((sum, weight) => (sum + weight) * share, 0))
  return combined(
    step.y,
    weights.map((weight) => step.h * weight),
    step.slopes,
  )
}

/**
 * The Dormand–Prince method of order 5(4) from t₀ to t₁ > t₀, with steps of its own: each is as long as keeps
 * the estimated error, in units of tolerance·max(1, |y|, |y_new|), below 1 in root mean square, and no longer than 0.8: t is the
 * logarithm of a noise level.  Dormand & Prince 1980; Hairer, Nørsett, Wanner 1993, II.4.
 * Six evaluations a step, accepted or not, and one to begin with. Throws `sampling/step-vanished`.
 */
export function* dormandPrince(problem: {
  readonly y: Float64Array
  readonly from: number
  readonly to: number
  readonly tolerance: number
  /**
   * What the solution of order 5 less that of order 4 does to the number wanted. The error told is the sum of its sizes over the steps:
   * with their signs they would cancel at some rows by chance. NaN where this is not given.
   */
  readonly effect?: (difference: Float64Array, step: DormandPrinceStep) => number
  /** Hears of each step taken. */
  readonly onStep?: (step: DormandPrinceStep) => void
}): Solution {
  const { from, to, tolerance, effect = () => Number.NaN, onStep } = problem
  let total = 0
  let { y } = problem
  let t = from
  let slope = yield { t, y }
  let h = Math.min(longestStep, firstStep(y, slope, to - from))
  while (t < to) {
    const isLast = t + h >= to
    if (isLast) h = to - t
    const slopes = [slope]
    let yNew = y
    for (const [i, row] of stages.entries()) {
      const scaled = row.map((weight) => h * weight)
      yNew = combined(y, scaled, slopes)
      slopes.push(yield { t: isLast && nodes[i] === 1 ? to : t + nodes[i]! * h, y: yNew })
    }
    const difference = differenceOf(slopes, h)
    const error = scaledError(difference, y, yNew, tolerance)
    if (error <= 1) {
      const step = { t, h, y, slopes }
      onStep?.(step)
      total += Math.abs(effect(difference, step))
      t = isLast ? to : t + h
      y = yNew
      slope = slopes[6]!
    } else if (h < 1e-10 * (to - from)) throw stepVanished(t)
    h = Math.min(longestStep, h * Math.min(5, Math.max(0.2, 0.9 * error ** -0.2)))
  }
  return { y, error: total }
}

/** A hundredth of the way to where y would change by its own size, or of the whole interval. */
function firstStep(y: Float64Array, slope: Float64Array, span: number): number {
  const size = rootMeanSquare(y.length, (i) => Math.max(1, Math.abs(y[i]!)))
  const speed = rootMeanSquare(y.length, (i) => slope[i]!)
  return Math.min(0.1 * span, speed > 0 ? (0.01 * size) / speed : Infinity)
}

/** The solution of order 5 less that of order 4. */
function differenceOf(slopes: readonly Float64Array[], h: number): Float64Array {
  return combined(
    new Float64Array(slopes[0]!.length),
    errorWeights.map((weight) => h * weight),
    slopes,
  )
}

function scaledError(
  difference: Float64Array,
  y: Float64Array,
  yNew: Float64Array,
  tolerance: number,
): number {
  return rootMeanSquare(
    y.length,
    (i) => difference[i]! / (tolerance * Math.max(1, Math.abs(y[i]!), Math.abs(yNew[i]!))),
  )
}

function rootMeanSquare(count: number, value: (i: number) => number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += value(i) ** 2
  return Math.sqrt(sum / count)
}

function stepVanished(t: number): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'sampling/step-vanished',
    message: `No step is short enough for the tolerance at t = ${t}: the flow is not smooth there.`,
    hint: 'Ask for a larger tolerance, or take the fixed grid.',
  })
}
