import { RandomStream } from '../../base/index.ts'
import { compile, type HostArray, type Runtime, sizeOf } from '../../engine/index.ts'
import { asInputs, type FittedDenoiser } from '../../family/index.ts'
import { checkedBatchSize, suggestedBatchSize } from '../batch-size.ts'
import { checkedConditions, type GivenConditions } from '../conditions.ts'
import { checkedPoints } from './checked-points.ts'
import { driftSpec } from './flow-spec.ts'
import type { LogDensities } from './log-density.ts'
import { type DataMoments, gaussianPrior, meanVariance, type Prior } from './prior.ts'

/** What `variationalBound` measures. */
export interface VariationalBoundOptions {
  readonly fitted: FittedDenoiser
  /** Points of data space, [n, d]. */
  readonly x: ArrayLike<number>
  /** What the points are conditioned on, or one value for all of them; needed where the model takes conditions. */
  readonly conditions?: GivenConditions | undefined
  readonly sigmaMin: number
  readonly sigmaMax: number
  /** Of the data: the density at σ_max is N(mean, Cov + σ_max² I). The mean variance is above 0. */
  readonly moments: DataMoments
  /** Noisy points that a row is asked at, a multiple of 32; 128 unless given. */
  readonly draws?: number | undefined
  readonly seed?: number | undefined
  readonly runtime?: Runtime | undefined
  /** Stops the run before it begins and between two evaluations, by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Repetitions with noise of their own, whose spread tells the error. */
export const boundRepetitions = 16
const usualDraws = 128
/** Share of the levels that are even in ln σ; the others gather where σ is near the data's deviation. */
const evenShare = 0.3

/**
 * A lower bound on the log-density of points themselves, not noised, that a denoiser's reverse diffusion gives, nats:
 *
 * ln p(x) ≥ E ln π(x + σ_max z) + (d/2) ln(2πe σ_max²) − (d/2) ln(2π σ_min²) − ½ e(σ_min) − ∫ e(σ) d ln σ,
 * e(σ) = E_z ‖x − D(x + σz; σ)‖²/σ².
 * Kingma, Salimans, Poole, Ho 2021, equations 11 to 18; Song, Durkan, Murray, Ermon 2021 (any diffusion).
 *
 * p is the density of rows that begin at π = N(mean, Cov + σ_max² I), follow the reverse diffusion to σ_min, and are then drawn from
 * the decoder N(D(y; σ_min), σ_min² I): the offset at σ_min. For the true denoiser of smooth data the bound is tight as σ_min → 0 and
 * σ_max → ∞; the flow's log-density is another one, of rows noised to σ_min, and of the flow instead of the diffusion.
 *
 * The integral is a mean over noise levels drawn by importance, in strata, after that of the Gaussian N(mean, s² I), which is known, was
 * taken off; s² is the mean variance. What is left is small at both ends, where ‖z‖² alone would be all of the variance. z comes with −z.
 * standardError: of the mean of 16 repetitions. x: [n, d]. Draws of row i depend on (seed, i) only.
 * Errors: `sampling/points`, `sampling/condition`, `sampling/range`, `sampling/moments`, `sampling/draws`; the signal's reason.
 */
export async function variationalBound(options: VariationalBoundOptions): Promise<LogDensities> {
  const { fitted, x, sigmaMin, sigmaMax, moments, seed = 0, runtime, signal, onProgress } = options
  signal?.throwIfAborted()
  const { model } = fitted
  const { dimension } = model
  const draws = options.draws ?? usualDraws
  const count = checkedPoints({ ...options, dimension, draws, multipleOf: 2 * boundRepetitions })
  const conditions = checkedConditions(options.conditions, count, model.conditions)
  const strata = draws / boundRepetitions / 2
  // Of each repetition one level more, σ_min, for the decoder; all with z and with −z.
  const levelsOfRow = boundRepetitions * (strata + 1)
  const asked = 2 * levelsOfRow
  const reference = gaussianReference(moments, [sigmaMin, sigmaMax])
  const most = suggestedBatchSize((rows) => driftSpec(model, rows))
  const batchSize = checkedBatchSize(Math.min(most, Math.max(1, count * asked)))
  const program = await compile(driftSpec(model, batchSize), { loop: false, runtime })
  const result: LogDensities = {
    logDensity: new Float64Array(count),
    standardError: new Float64Array(count),
    solverError: new Float64Array(count),
    evaluations: new Int32Array(count).fill(asked),
  }
  const [normals, uniforms] = ['noise', 'levels'].map(
    (name) => new RandomStream({ seed, name: `sampling/bound/${name}` }),
  ) as [RandomStream, RandomStream]
  const rowsAtOnce = Math.max(1, Math.floor(batchSize / asked))
  const prior = gaussianPrior(moments, sigmaMax)
  const spread = priorSpread(prior, moments, sigmaMax)
  try {
    program.setShared(fitted.values)
    for (let first = 0; first < count; first += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, count - first)
      const range = { first, count: rows }
      const z = normals.normal({ ...range, width: levelsOfRow * dimension })
      const u = uniforms.uniform({ ...range, width: boundRepetitions * strata })
      const levels = Float64Array.from({ length: rows * asked }, (_, i) => {
        const [row, at] = [Math.floor(i / asked), (i % asked) >> 1]
        const [repetition, k] = [Math.floor(at / (strata + 1)), at % (strata + 1)]
        if (k === strata) return sigmaMin
        return reference.levelAt((k + u[(row * boundRepetitions + repetition) * strata + k]!) / strata)
      })
      const noiseAt = (i: number): Float32Array => {
        const noise = z.slice((i >> 1) * dimension, ((i >> 1) + 1) * dimension)
        return i % 2 === 0 ? noise : noise.map((value) => -value)
      }
      /** ‖x − D‖²/σ² less the Gaussian's, at each level of each row. */
      const excess = new Float64Array(rows * asked)
      for (let at = 0; at < rows * asked; at += batchSize) {
        signal?.throwIfAborted()
        const here = Math.min(batchSize, rows * asked - at)
        const points = new Float64Array(batchSize * dimension)
        const sigma = new Float64Array(batchSize).fill(1)
        for (let i = 0; i < here; i++) {
          const row = first + Math.floor((at + i) / asked)
          sigma[i] = levels[at + i]!
          const noise = noiseAt(at + i)
          for (let k = 0; k < dimension; k++)
            points[i * dimension + k] = x[row * dimension + k]! + sigma[i]! * noise[k]!
        }
        const given = Object.fromEntries(
          Object.entries(model.conditions ?? {}).map(([name, shape]) => {
            const width = sizeOf(shape)
            const values = new Float32Array(batchSize * width)
            for (let i = 0; i < here; i++)
              values.set(
                conditionOf(conditions[name]!, first + Math.floor((at + i) / asked), width),
                i * width,
              )
            return [name, values]
          }),
        )
        const { drift } = await program.run({ x: points, sigma, ...asInputs(given) })
        for (let i = 0; i < here; i++) {
          const row = first + Math.floor((at + i) / asked)
          const noise = noiseAt(at + i)
          const clean = Float64Array.from({ length: dimension }, (_, k) => x[row * dimension + k]!)
          excess[at + i] = errorOf(drift!, i, noise, sigma[i]!) - reference.errorAt(clean, noise, sigma[i]!)
        }
      }
      for (let row = 0; row < rows; row++) {
        const clean = Float64Array.from({ length: dimension }, (_, k) => x[(first + row) * dimension + k]!)
        const repetitions = Array.from({ length: boundRepetitions }, (_, r) => {
          const at = row * asked + 2 * r * (strata + 1)
          const bothAt = (k: number): number => 0.5 * (excess[at + 2 * k]! + excess[at + 2 * k + 1]!)
          let integral = 0
          for (let k = 0; k < strata; k++)
            integral += bothAt(k) / reference.densityAt(levels[at + 2 * k]!) / strata
          return -integral - 0.5 * bothAt(strata)
        })
        const mean = repetitions.reduce((sum, value) => sum + value, 0) / boundRepetitions
        const squares = repetitions.reduce((sum, value) => sum + (value - mean) ** 2, 0)
        const atSigmaMax = prior.logDensity(clean)[0]! - spread
        result.logDensity[first + row] =
          mean +
          atSigmaMax +
          dimension * (Math.log(sigmaMax / sigmaMin) + 0.5) -
          reference.integral(clean) -
          0.5 * reference.expectedErrorAt(clean, sigmaMin)
        result.standardError[first + row] = Math.sqrt(squares / (boundRepetitions - 1) / boundRepetitions)
      }
      onProgress?.(first + rows, count)
    }
    return result
  } finally {
    await program.dispose()
  }
}

/** ‖x − D‖²/σ²: x − D = f − σz of the drift f at x + σz. */
function errorOf(drift: HostArray, place: number, z: Float32Array, sigma: number): number {
  let sum = 0
  for (let k = 0; k < z.length; k++) sum += (drift[place * z.length + k]! / sigma - z[k]!) ** 2
  return sum
}

/** E ln π(x + σz) is ln π(x) less this, ½ σ² tr P: π is a Gaussian, of precision P. */
function priorSpread(prior: Prior, { mean }: DataMoments, sigma: number): number {
  const d = mean.length
  const points = new Float64Array((d + 1) * d)
  for (let row = 0; row <= d; row++)
    for (let k = 0; k < d; k++) points[row * d + k] = mean[k]! + (row === k ? sigma : 0)
  const log = prior.logDensity(points)
  let spread = 0
  for (let k = 0; k < d; k++) spread += log[d]! - log[k]!
  return spread
}

/** The Gaussian N(mean, s² I), of which all is known, and how noise levels are drawn. */
function gaussianReference(
  moments: DataMoments,
  [sigmaMin, sigmaMax]: readonly [number, number],
): {
  /** ∫ e(σ) d ln σ of a point. */
  readonly integral: (x: Float64Array) => number
  readonly errorAt: (x: Float64Array, z: Float32Array, sigma: number) => number
  readonly expectedErrorAt: (x: Float64Array, sigma: number) => number
  /** The level whose share of the draws below it is `share`. */
  readonly levelAt: (share: number) => number
  /** Density of the levels over ln σ. */
  readonly densityAt: (sigma: number) => number
} {
  const { mean } = moments
  const d = mean.length
  const v = meanVariance(moments)
  const squares = (x: Float64Array): number => x.reduce((sum, value, k) => sum + (value - mean[k]!) ** 2, 0)
  const [low, high] = [Math.log(sigmaMin), Math.log(sigmaMax)]
  const kept = (a: number): number => v / (v + a)
  const [most, least] = [kept(sigmaMin ** 2), kept(sigmaMax ** 2)]
  const shareBelow = (t: number): number =>
    (evenShare * (t - low)) / (high - low) +
    ((1 - evenShare) * (most - kept(Math.exp(2 * t)))) / (most - least)
  const noisePart = (a: number): number => 0.5 * (Math.log(a / (v + a)) + v / (v + a))
  return {
    integral: (x) =>
      0.5 * squares(x) * (1 / (v + sigmaMin ** 2) - 1 / (v + sigmaMax ** 2)) +
      d * (noisePart(sigmaMax ** 2) - noisePart(sigmaMin ** 2)),
    errorAt: (x, z, sigma) => {
      const w = kept(sigma ** 2)
      let sum = 0
      for (let k = 0; k < d; k++) sum += (((1 - w) * (x[k]! - mean[k]!)) / sigma - w * z[k]!) ** 2
      return sum
    },
    expectedErrorAt: (x, sigma) => {
      const w = kept(sigma ** 2)
      return ((1 - w) / sigma) ** 2 * squares(x) + d * w ** 2
    },
    levelAt: (share) => {
      let [below, above] = [low, high]
      for (let k = 0; k < 50; k++) {
        const middle = (below + above) / 2
        if (shareBelow(middle) < share) below = middle
        else above = middle
      }
      return Math.exp((below + above) / 2)
    },
    densityAt: (sigma) => {
      const w = kept(sigma ** 2)
      // d w/d ln σ = −2 w (1 − w)
      return evenShare / (high - low) + ((1 - evenShare) * 2 * w * (1 - w)) / (most - least)
    },
  }
}

/** The condition of a row, or the one for all. */
function conditionOf(values: ArrayLike<number>, row: number, width: number): number[] {
  const at = values.length === width ? 0 : row * width
  return Array.from({ length: width }, (_, k) => values[at + k]!)
}
