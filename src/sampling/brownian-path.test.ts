import { describe, expect, it } from 'vitest'
import { referenceRuntime } from '../engine/index.ts'
import { BrownianPath } from './brownian-path.ts'
import { logSnr } from './grids/log-snr.ts'
import { samplerNoise } from './sampler-noise.ts'
import { SamplerProgram, stepPlaces } from './sampler-program.ts'
import { ancestral } from './samplers/ancestral.ts'
import { edmStochastic } from './samplers/edm-stochastic.ts'
import { eulerMaruyama } from './samplers/euler-maruyama.ts'
import { predictorCorrector } from './samplers/predictor-corrector.ts'
import type { Sampler } from './samplers/sampler.ts'
import { sdeDpmSolver2m } from './samplers/sde-dpm-solver-2m.ts'
import { exactDenoiser } from './testing/exact.ts'

/** W(λ_i) − W(λ₀) of each row at these λ = −ln σ, [places][count]. */
function path(seed: number, count: number, lambdas: readonly number[], first = 0): number[][] {
  const sigmas = lambdas.map((lambda) => Math.exp(-lambda))
  const walk = new BrownianPath(seed).from(sigmas[0]!, { first, count, width: 1 })
  const w = new Array<number>(count).fill(0)
  return sigmas.map((sigma, i) => {
    if (i === 0) return [...w]
    const h = Math.sqrt(Math.log(sigmas[i - 1]! / sigma))
    walk.to(sigma, new Float32Array(count)).forEach((z, row) => {
      w[row]! += h * z
    })
    return [...w]
  })
}

describe('a Brownian path', () => {
  // Some in one unit of λ, some in one 256th of it, some units apart, on and off the places of the tree.
  const lambdas = [-1.3, -0.8, -0.7999, -0.7995, -0.5, 0.2, 0.25, 0.2507, 2, 5.125, 5.1261]

  it('has independent normal increments, whatever the places', () => {
    const count = 20_000
    const w = path(3, count, lambdas)
    const increments = w
      .slice(1)
      .map((at, i) => at.map((x, row) => (x - w[i]![row]!) / Math.sqrt(lambdas[i + 1]! - lambdas[i]!)))
    const error = 4.5 / Math.sqrt(count)
    const mean = (of: (row: number) => number): number =>
      Array.from({ length: count }, (_, row) => of(row)).reduce((a, b) => a + b) / count
    for (const [i, a] of increments.entries()) {
      expect(Math.abs(mean((row) => a[row]!))).toBeLessThan(error)
      expect(Math.abs(mean((row) => a[row]! ** 2) - 1)).toBeLessThan(Math.SQRT2 * error)
      expect(Math.abs(mean((row) => a[row]! ** 4) - 3)).toBeLessThan(Math.sqrt(96) * error)
      for (const b of increments.slice(0, i))
        expect(Math.abs(mean((row) => a[row]! * b[row]!))).toBeLessThan(error)
    }
  })

  it('is the same path on a finer grid, at the places that both visit', () => {
    const coarse = [-1, -0.5, 0.25, 1, 3.75]
    const fine = Array.from({ length: 77 }, (_, i) => -1 + i / 16)
    const [a, b] = [path(3, 5, coarse), path(3, 5, fine)]
    for (const [i, lambda] of coarse.entries())
      a[i]!.forEach((w, row) => {
        expect(w).toBeCloseTo(b[fine.indexOf(lambda)]![row]!, 4)
      })
  })

  it('of a row is a function of (seed, row) only', () => {
    const [all, later, other] = [path(3, 6, lambdas), path(3, 2, lambdas, 4), path(4, 6, lambdas)]
    for (const [i, at] of later.entries()) expect(at).toEqual(all[i]!.slice(4))
    expect(other.at(-1)!.every((w, row) => w !== all.at(-1)![row])).toBe(true)
  })
})

/**
 * Strong order on a mixture: the same rows on N, 2N and 4N steps, against 16N. Noise that a step adds is the same wherever it is, so a
 * method of the reverse diffusion has strong order 1.
 */
describe.each(
  [
    ancestral,
    ancestral.withOptions({ eta: 0.6 }),
    edmStochastic.withOptions({ churn: 5 }),
    eulerMaruyama,
    predictorCorrector,
    sdeDpmSolver2m,
  ].map((sampler) => [sampler.name, sampler] as const),
)('%s', (_, sampler: Sampler) => {
  it('refines the same row when the step is halved, with strong order 1', async () => {
    const components = [
      { weight: 0.3, mean: [-1], axes: [1], variances: [0.4] },
      { weight: 0.7, mean: [1], axes: [1], variances: [0.6] },
    ]
    const rows = 96
    const program = await SamplerProgram.create({
      ...{ fitted: exactDenoiser(components), sampler, batchSize: rows },
      runtime: referenceRuntime,
    })
    const ends: Float64Array[] = []
    for (const steps of [8, 16, 32, 128]) {
      const levels = logSnr.levels({ sigmaMin: 0.2, sigmaMax: 3, steps: steps + 1 }).subarray(0, steps + 1)
      const { noise, stepNoise } = samplerNoise({ seed: 5, rows, dimension: 1, levels })
      program.begin({ x: noise.map((z) => 3 * z) })
      await program.walk(stepPlaces(levels), stepNoise)
      ends.push(Float64Array.from(await program.points()))
    }
    const finest = ends.pop()!
    const errors = ends.map((end) =>
      Math.sqrt(end.reduce((sum, x, i) => sum + (x - finest[i]!) ** 2, 0) / rows),
    )
    const order = Math.log2(errors[0]! / errors[2]!) / 2
    expect(errors[2]!).toBeLessThan(0.1)
    expect(order).toBeGreaterThan(0.8)
  })
})
