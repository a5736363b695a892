import * as f from '../engine/index.ts'
import type { ParameterSpec } from '../nn/index.ts'
import {
  type Algebra,
  type AnyPrediction,
  convertPrediction,
  type NoiseProcess,
  type NoiseState,
  type PredictionKind,
  prediction,
} from '../noise/index.ts'
import { type At, type Model, perPoint, sigmaOf, type Values } from './model.ts'

/** A network as others train it: what it predicts, and of which process. */
export interface PredictedOptions {
  /** Shape of one point. */
  readonly event: f.Shape
  readonly conditions?: f.Named<f.Shape> | undefined
  readonly parameters: f.Named<ParameterSpec>
  readonly process: NoiseProcess
  /** What the network predicts: the noise, the clean point, v, the score or the velocity. */
  readonly predicts: PredictionKind
  /** The prediction at x_t = α(t) x₀ + std(t) ε, [B, ...event], traced. t: the process's own time, [B]. */
  readonly predict: (
    values: Values,
    at: { readonly x: f.Tensor; readonly t: f.Tensor; readonly conditions?: f.Named<f.Tensor> | undefined },
  ) => f.Tensor
}

/** Places between which time and signal are interpolated: at distances of some 0.005 in ln σ the error is below float32's. */
const places = 4096

/**
 * A denoiser made of a network that predicts something else, of whatever noise process: a checkpoint that others trained.
 *
 *   D(x̄; σ) = x₀ from the prediction at x_t = α x̄, t = t(σ), α = α(t), std = α σ   (`convertPrediction`).
 *
 * t(σ) and ln α(t(σ)) are cubic in ln σ between 4,096 places of the process's range, with their exact slopes there (Hermite); a
 * level outside is asked at the nearest time. Ho et al. 2020 (ε); Salimans & Ho 2022 (v); Song et al. 2021 (score);
 * Lipman et al. 2023 (velocity).
 */
export function predictedDenoiser(options: PredictedOptions): Model<'denoise'> {
  const { event, conditions, parameters, process, predicts, predict } = options
  const table = tableOf(process)
  return {
    event,
    conditions,
    levels: 'each',
    parameters,
    can: {
      denoise: (values, at) => {
        const { t, alpha, state } = stateAt(table, at, predicts)
        const x = f.mul(at.x, perPoint(alpha, at.x))
        const value = predict(values, { x, t, conditions: at.conditions })
        const predicted = prediction(predicts, value) as AnyPrediction<f.Tensor>
        return convertPrediction(predicted, 'clean', { x, ...state }, traced).value
      },
    },
  }
}

/** Arithmetic of traced tensors; a coefficient is a number or of the shape of the points. */
const traced: Algebra<f.Tensor> = {
  add: (a, b) => f.add(a, b),
  sub: (a, b) => f.sub(a, b),
  scale: (a, factor) => f.mul(a, factor),
  divide: (a, divisor) => f.div(a, divisor),
}

/** Cubics of t and of ln α between places in ln σ. */
interface Table {
  /** ln σ of the first place, and the distance of two. */
  readonly first: number
  readonly distance: number
  /** For each interval the four coefficients of t, then those of ln α, of the place within it, [places − 1, 8]. */
  readonly cubics: Float32Array
}

function tableOf(process: NoiseProcess): Table {
  const [low, high] = process.trainRange.map((t) => Math.log(process.sigma(t))) as [number, number]
  const distance = (high - low) / (places - 1)
  const knots = Array.from({ length: places }, (_, k) => {
    const t = process.timeOfSigma(Math.exp(low + k * distance))
    // d ln σ/dt = std′/std − α′/α, so dt/d ln σ is its inverse.
    const [alpha, drift] = [process.alpha(t), process.alphaDerivative(t) / process.alpha(t)]
    const slope = distance / (process.stdDerivative(t) / process.std(t) - drift)
    return { t, slope, logAlpha: Math.log(alpha), alphaSlope: drift * slope }
  })
  const cubics = new Float32Array((places - 1) * 8)
  for (let k = 0; k + 1 < places; k++) {
    const [a, b] = [knots[k]!, knots[k + 1]!]
    cubics.set(hermite(a.t, a.slope, b.t, b.slope), 8 * k)
    cubics.set(hermite(a.logAlpha, a.alphaSlope, b.logAlpha, b.alphaSlope), 8 * k + 4)
  }
  return { first: low, distance, cubics }
}

/** Coefficients of the cubic on [0, 1] with these values and slopes at its ends. */
function hermite(p: number, m: number, q: number, n: number): [number, number, number, number] {
  return [p, m, 3 * (q - p) - 2 * m - n, 2 * (p - q) + m + n]
}

/** Time and process at each point's noise level; coefficients stretched over the points. */
function stateAt(
  { first, distance, cubics }: Table,
  at: At,
  predicts: PredictionKind,
): { readonly t: f.Tensor; readonly alpha: f.Tensor; readonly state: NoiseState<f.Tensor> } {
  const sigma = sigmaOf(at)
  const place = f.clip(f.mul(f.sub(f.log(sigma), first), 1 / distance), { low: 0, high: places - 1 })
  const interval = f.min(f.floor(place), places - 2)
  const within = f.sub(place, interval)
  const rows = f.gather(
    f.constant({ shape: [places - 1, 8], data: Array.from(cubics) }),
    f.cast(interval, 'int32'),
  )
  const coefficient = (k: number): f.Tensor =>
    f.reshape(f.slice(rows, { axis: 1, start: k, end: k + 1 }), sigma.shape)
  const value = (from: number): f.Tensor =>
    [2, 1, 0].reduce((sum, k) => f.add(coefficient(from + k), f.mul(within, sum)), coefficient(from + 3))
  const slope = (from: number): f.Tensor =>
    f.add(
      coefficient(from + 1),
      f.mul(within, f.add(f.mul(coefficient(from + 2), 2), f.mul(f.mul(within, coefficient(from + 3)), 3))),
    )
  const t = value(0)
  const alpha = f.exp(value(4))
  const over = (perRow: f.Tensor): f.Tensor => perPoint(perRow, at.x)
  const std = f.mul(alpha, sigma)
  if (predicts !== 'velocity')
    return { t, alpha, state: { alpha: over(alpha), std: over(std), alphaDerivative: 0, stdDerivative: 0 } }
  // Slopes are a place's: d/dt = (d/dplace)/(dt/dplace).
  const timeSlope = slope(0)
  const drift = f.div(slope(4), timeSlope)
  const rate = f.add(drift, f.div(distance, timeSlope))
  return {
    t,
    alpha,
    state: {
      alpha: over(alpha),
      std: over(std),
      alphaDerivative: over(f.mul(alpha, drift)),
      stdDerivative: over(f.mul(std, rate)),
    },
  }
}
