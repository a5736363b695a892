import { RandomStream } from '../base/index.ts'
import { BrownianPath } from './brownian-path.ts'
import { stepPlaces } from './sampler-program.ts'

/** Where the noise of a seed's sample comes from: that of the start, and that of the steps. */
export function noiseOf(seed: number): { readonly prior: RandomStream; readonly path: BrownianPath } {
  return { prior: new RandomStream({ seed, name: 'sampling/prior' }), path: new BrownianPath(seed) }
}

/**
 * The standard normal noise that rows first … first + rows − 1 of a seed's sample are made of, [rows, d], and with `levels` that
 * of the steps of a stochastic sampler on this grid, [steps, rows, d]: what an exported sampler takes to draw the same rows.
 *
 * The noise of a step from σ_t to σ_s is that of the row's Brownian path between these levels, see `BrownianPath`: a finer grid
 * refines the same rows. levels: σ₀ > σ₁ > …, the grid of the sampler; a last step to 0 has no noise.
 */
export function samplerNoise(options: {
  readonly seed: number
  readonly first?: number
  readonly rows: number
  readonly dimension: number
  readonly levels?: ArrayLike<number>
}): { readonly noise: Float32Array; readonly stepNoise: Float32Array } {
  const { seed, first = 0, rows, dimension, levels = [] } = options
  const { prior, path } = noiseOf(seed)
  const range = { first, count: rows, width: dimension }
  const size = rows * dimension
  const places = levels.length > 1 ? stepPlaces(levels) : []
  const stepNoise = new Float32Array(places.length * size)
  if (places.length > 0) {
    const walk = path.from(places[0]!.sigma, range)
    places.forEach(({ next }, k) => {
      walk.to(next, stepNoise.subarray(k * size, (k + 1) * size))
    })
  }
  return { noise: prior.normal(range), stepNoise }
}
