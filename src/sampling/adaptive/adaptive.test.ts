import { describe, expect, it } from 'vitest'
import { BrownianPath } from '../brownian-path.ts'
import { logSnr } from '../grids/log-snr.ts'
import type { SamplingMethod } from '../methods/method.ts'
import { drawAll } from '../methods/method.ts'
import { PathOfRow } from '../path-of-row.ts'
import { sampleAll } from '../sample.ts'
import { heun } from '../samplers/heun.ts'
import { sdeDpmSolver2m } from '../samplers/sde-dpm-solver-2m.ts'
import { startOf } from '../start.ts'
import { type ExactComponent, exactDenoiser, exactLevels, rotation } from '../testing/exact.ts'
import { adaptiveSde } from './adaptive-sde.ts'
import { rk45 } from './rk45.ts'

const components: ExactComponent[] = [
  { weight: 0.3, mean: [-1, 0.5], axes: rotation(0.3), variances: [0.5, 0.2] },
  { weight: 0.7, mean: [1, -0.4], axes: rotation(1.2), variances: [0.3, 0.6] },
]
const range = { sigmaMin: 0.02, sigmaMax: 10, sigmaData: 1 }
const trained = { model: exactLevels(components), values: {}, range }

async function drawn(
  method: SamplingMethod,
  tolerance: number,
  request: { first?: number; count: number },
): Promise<{ rows: Float32Array; evaluations: number }> {
  const sampler = await method.open({ trained, samplerOptions: { tolerance } })
  const rows = await drawAll(sampler, { seed: 3, ...request })
  const evaluations = sampler.evaluationsPerPoint!
  await sampler.dispose()
  return { rows, evaluations }
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a).reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length)

describe.each([
  // To the same rows as a fixed grid with very many steps: of the same flow, or on the same Brownian path.
  ['rk45', rk45, heun, [1e-2, 1e-5], 250, 1e-3, 3],
  ['adaptive-sde', adaptiveSde, sdeDpmSolver2m, [0.3, 0.01], 400, 0.05, 2],
] as const)('%s', (_, method, sampler, tolerances, steps, near, better) => {
  it('comes to the rows that short steps come to: the nearer, the less error it is allowed', async () => {
    const count = 48
    const reference = await sampleAll({
      ...{ fitted: exactDenoiser(components), sampler, seed: 3, count },
      levels: logSnr.levels({ ...range, steps }),
      start: startOf(range),
    })
    const [coarse, fine] = [
      await drawn(method, tolerances[0], { count }),
      await drawn(method, tolerances[1], { count }),
    ]
    const [far, close] = [distance(coarse.rows, reference), distance(fine.rows, reference)]
    expect(close).toBeLessThan(near)
    expect(far).toBeGreaterThan(better * close)
    expect(fine.evaluations).toBeGreaterThan(1.3 * coarse.evaluations)
    expect(coarse.evaluations).toBeLessThan(80)
  })

  it('walks each row by itself', async () => {
    const { rows } = await drawn(method, tolerances[0], { count: 20 })
    const one = await drawn(method, tolerances[0], { first: 13, count: 1 })
    expect(one.rows).toEqual(rows.subarray(26, 28))
  })
})

it('the path of a row is the one that a walk goes, in any order', () => {
  const path = new BrownianPath(8)
  const [row, dimension] = [5, 3]
  const lambdas = [-2.301, -2.25, -1.5, -0.00390625, 0, 0.40234375, 3, 3.9001]
  const single = new PathOfRow(path, { row, dimension, from: lambdas[0]! })
  const values = new Map(lambdas.toReversed().map((lambda) => [lambda, single.at(lambda)]))
  const walk = path.from(Math.exp(-lambdas[0]!), { first: row, count: 1, width: dimension })
  for (const [i, lambda] of lambdas.slice(1).entries()) {
    const before = lambdas[i]!
    const z = walk.to(Math.exp(-lambda), new Float32Array(dimension))
    const own = values.get(lambda)!.map((w, k) => (w - values.get(before)![k]!) / Math.sqrt(lambda - before))
    own.forEach((value, k) => {
      expect(z[k]!).toBeCloseTo(value, 4)
    })
  }
})
