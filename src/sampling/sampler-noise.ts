import { RandomStream } from '../base/index.ts'

/** Where the noise of a seed's sample comes from: that of the start, and that of the steps (by their number). */
export function samplerStreams(seed: number): { readonly prior: RandomStream; readonly steps: RandomStream } {
  return {
    prior: new RandomStream({ seed, name: 'sampling/prior' }),
    steps: new RandomStream({ seed, name: 'sampling/noise' }),
  }
}

/**
 * The standard normal noise that rows first … first + rows − 1 of a seed's sample are made of, [rows, d], and with `steps` that
 * of the steps of a stochastic sampler, [steps, rows, d]: what an exported sampler takes to draw the same rows.
 */
export function samplerNoise(options: {
  readonly seed: number
  readonly first?: number
  readonly rows: number
  readonly dimension: number
  readonly steps?: number
}): { readonly noise: Float32Array; readonly stepNoise: Float32Array } {
  const { seed, first = 0, rows, dimension, steps = 0 } = options
  const { prior, steps: stream } = samplerStreams(seed)
  const range = { first, count: rows, width: dimension }
  const size = rows * dimension
  const stepNoise = new Float32Array(steps * size)
  for (let k = 0; k < steps; k++)
    stream.normal({ ...range, counter: k }, stepNoise.subarray(k * size, (k + 1) * size))
  return { noise: prior.normal(range), stepNoise }
}
