import {
  checkedNoising,
  checkedPositive,
  type Description,
  defineDensity,
  type ExactDensity,
  noisedName,
  parameterError,
} from './density.ts'
import { normalOverInterval } from './special.ts'

/** An axis-aligned box: low[k] < high[k] for every axis k. */
export interface Box {
  readonly low: ArrayLike<number>
  readonly high: ArrayLike<number>
}

/**
 * The uniform distribution on a box: p = 1/volume inside, edges included; the score is 0 inside and, by
 * convention, outside.
 * low, high: [d]. Noised: `noisyBox`.
 */
export function uniformBox(options: Box & Partial<Description>): ExactDensity {
  const { low, high, dimension, widths } = checkedBox(options)
  const logVolume = widths.reduce((sum, width) => sum + Math.log(width), 0)
  const { name = 'uniform', summary = 'uniform on a box', source = 'standard' } = options
  return defineDensity({
    name,
    summary,
    source,
    dimension,
    evaluate(x, at, score, scoreAt) {
      score?.fill(0, scoreAt, scoreAt + dimension)
      for (let k = 0; k < dimension; k++)
        if (!(x[at + k]! >= low[k]! && x[at + k]! <= high[k]!))
          return Number.isNaN(x[at + k]!) ? NaN : -Infinity
      return -logVolume
    },
    sampler: {
      uniforms: dimension,
      normals: 0,
      place(uniform, _, out, at) {
        for (let k = 0; k < dimension; k++) out[at + k] = low[k]! + uniform[k]! * widths[k]!
      },
    },
    noised(noising) {
      const { alpha, std } = checkedNoising(noising)
      const scaled = { low: low.map((v) => alpha * v), high: high.map((v) => alpha * v) }
      const description = { name: noisedName(name, noising), summary, source }
      return std === 0
        ? uniformBox({ ...scaled, ...description })
        : noisyBox({ low, high, alpha, std, ...description })
    },
    mean: () => boxMean(low, high),
    covariance: () => boxCovariance(widths, 0),
    entropy: () => logVolume,
  })
}

/**
 * alpha·u + std·z with u uniform on a box: a product over the axes of
 * p(x) = (Φ((x − alpha·low)/std) − Φ((x − alpha·high)/std)) / (alpha·(high − low)), evaluated without
 * cancellation.
 * low, high: [d]. alpha ≥ 0 (0: a Gaussian), std > 0.
 */
export function noisyBox(options: Box & { alpha: number; std: number } & Partial<Description>): ExactDensity {
  const { low, high, dimension, widths } = checkedBox(options)
  const { alpha } = checkedNoising(options)
  const std = checkedPositive('the std of a noisy box', options.std)
  const { name = 'noisy-box', summary = 'uniform on a box, noised', source = 'standard' } = options
  const logStd = Math.log(std)
  return defineDensity({
    name,
    summary,
    source,
    dimension,
    evaluate(x, at, score, scoreAt) {
      let logDensity = 0
      for (let k = 0; k < dimension; k++) {
        // x = alpha·u + std·z, so z lies in this interval, and is a standard normal cut to it.
        const over = normalOverInterval(
          (x[at + k]! - alpha * high[k]!) / std,
          (x[at + k]! - alpha * low[k]!) / std,
        )
        logDensity += over.logAverage - logStd
        if (score) score[scoreAt + k] = -over.mean / std
      }
      return logDensity
    },
    sampler: {
      uniforms: dimension,
      normals: dimension,
      place(uniform, normal, out, at) {
        for (let k = 0; k < dimension; k++)
          out[at + k] = alpha * (low[k]! + uniform[k]! * widths[k]!) + std * normal[k]!
      },
    },
    noised(noising) {
      const more = checkedNoising(noising)
      return noisyBox({
        low,
        high,
        alpha: more.alpha * alpha,
        std: Math.hypot(more.alpha * std, more.std),
        name: noisedName(name, noising),
        summary,
        source,
      })
    },
    mean: () => boxMean(low, high).map((m) => alpha * m),
    covariance: () =>
      boxCovariance(
        widths.map((width) => alpha * width),
        std,
      ),
  })
}

function boxMean(low: Float64Array, high: Float64Array): Float64Array {
  return low.map((v, k) => (v + high[k]!) / 2)
}

/** Diagonal: width²/12 + std². */
function boxCovariance(widths: Float64Array, std: number): Float64Array {
  const covariance = new Float64Array(widths.length ** 2)
  widths.forEach((width, k) => {
    covariance[k * widths.length + k] = (width * width) / 12 + std * std
  })
  return covariance
}

function checkedBox(box: Box): {
  low: Float64Array
  high: Float64Array
  widths: Float64Array
  dimension: number
} {
  const low = Float64Array.from(box.low)
  const high = Float64Array.from(box.high)
  const widths = high.map((v, k) => v - low[k]!)
  if (
    low.length === 0 ||
    low.length !== high.length ||
    !widths.every((width) => width > 0 && width < Infinity)
  )
    throw parameterError(
      `the box goes from [${low}] to [${high}]`,
      'Give as many low as high edges, finite, each low one below its high one.',
    )
  return { low, high, widths, dimension: low.length }
}
