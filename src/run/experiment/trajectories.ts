import { ScorefieldError } from '../../base/index.ts'
import type { DrawOptions, FittedModel } from './fitted-model.ts'

/** Rows on their way from noise to data. */
export interface Trajectories {
  /** σ, falling, [K]. */
  readonly levels: Float64Array
  /** x̄ = x₀ + σz of each row at each level, [K, n, d], in the model's coordinates. */
  readonly points: Float32Array
}

/**
 * The ways of rows from noise to data, level by level: of the rows that `fitted.sample` draws with the same options.
 * @throws ScorefieldError kind `ability`, `sampling/no-trajectories`, where the sampler does not walk down noise levels.
 */
export async function trajectoriesOf(fitted: FittedModel, options: DrawOptions): Promise<Trajectories> {
  const { count, seed = 0, first = 0, conditions, signal } = options
  const { dimension } = fitted
  const sampler = await fitted.sampler(options)
  const found = new Map<number, Float32Array>()
  try {
    for await (const event of sampler.draw({ seed, first, count, conditions, signal, tellPoints: true })) {
      if (event.type !== 'points') continue
      const rows = found.get(event.sigma) ?? new Float32Array(count * dimension)
      rows.set(event.rows, (event.first - first) * dimension)
      found.set(event.sigma, rows)
    }
  } finally {
    await sampler.dispose()
  }
  if (found.size === 0)
    throw new ScorefieldError({
      kind: 'ability',
      code: 'sampling/no-trajectories',
      message: `The sampler "${fitted.samplingMethod(options.sampler).name}" does not walk down noise levels step by step, so there is no path to tell.`,
      hint: 'Take a denoiser, and a sampler such as heun.',
    })
  const points = new Float32Array(found.size * count * dimension)
  for (const [k, rows] of [...found.values()].entries()) points.set(rows, k * rows.length)
  return { levels: Float64Array.from(found.keys()), points }
}
