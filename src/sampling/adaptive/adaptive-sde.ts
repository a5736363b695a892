import { BrownianPath, leaves } from '../brownian-path.ts'
import type { SamplingMethod } from '../methods/method.ts'
import { PathOfRow } from '../path-of-row.ts'
import { defineAdaptive } from './define-adaptive.ts'
import type { RowSolution, RowStart } from './row-solver.ts'

/** First step in λ; safety, and how much a step may grow or shrink. */
const [firstStep, safety, growth, shrinkage] = [0.25, 0.9, 4, 0.2]
/** The error of a step goes with h^{3/2}: D moves with the noise, by √h, over a weight of h. */
const power = 2 / 3

/**
 * The reverse diffusion with steps of its own for each row: dx̄ = 2 (D(x̄; σ) − x̄) dλ + √2 σ dW,  λ = −ln σ.
 * Step control by Jolicoeur-Martineau, Li, Piché-Taillefer, Kachman, Mitliagkas 2021 ("Gotta go fast"): two steps of different order
 * with the same noise; the better is taken where they differ by less than tolerance · max(σ_d, |x̄|) in root mean square over the row.
 *
 * x̄₁ = e^{−2h} x̄ + (1 − e^{−2h}) D + σ_s √(1 − e^{−2h}) z, exact where D stays as it is; x̄₂ with D between D and D(x̄₁; σ_s) on a line.
 * Theirs are Euler's and Heun's, which take more steps for the same error. D(x̄₁; σ_s) serves the next step, too: one evaluation a step.
 *
 * z is the row's Brownian path between σ_t and σ_s. A step that is taken back is taken anew on the same path, so refusing steps
 * favours no noise; steps end on the path's own places, 256ths of λ.
 */
export const adaptiveSde: SamplingMethod = defineAdaptive({
  name: 'adaptive-sde',
  summary: 'the reverse diffusion with steps of its own for each row, by the error asked for',
  source: 'Jolicoeur-Martineau, Li, Piché-Taillefer, Kachman, Mitliagkas 2021',
  tolerance: 0.01,
  solve,
})

function* solve({ seed, row, x, sigmaMax, sigmaMin, sigmaData, tolerance }: RowStart): RowSolution {
  const [from, to] = [-Math.log(sigmaMax), -Math.log(sigmaMin)]
  const path = new PathOfRow(new BrownianPath(seed), { row, dimension: x.length, from })
  let [lambda, h, now, denoised] = [from, firstStep, x, yield { x, sigma: sigmaMax }]
  while (lambda < to) {
    const place = Math.floor((lambda + h) * leaves) / leaves
    const end = Math.min(to, place > lambda ? place : (Math.floor(lambda * leaves) + 1) / leaves)
    const length = end - lambda
    const gain = -Math.expm1(-2 * length)
    const noise = (Math.exp(-end) * Math.sqrt(gain)) / Math.sqrt(length)
    const [before, after] = [path.at(lambda), path.at(end)]
    const first = now.map(
      (value, i) => (1 - gain) * value + gain * denoised[i]! + noise * (after[i]! - before[i]!),
    )
    const there = yield { x: first, sigma: Math.exp(-end) }
    const weight = 1 - gain / (2 * length) // ∫ 2 e^{−2(h−τ)} τ/h dτ, what a D that grows as τ/h adds
    const better = first.map((value, i) => value + weight * (there[i]! - denoised[i]!))
    const error = scaledError(first, better, sigmaData, tolerance)
    const isShortest = length <= 1 / leaves
    if (error <= 1 || isShortest) [lambda, now, denoised] = [end, better, there]
    h = Math.max(1 / leaves, length * Math.min(growth, Math.max(shrinkage, safety * error ** -power)))
  }
  return yield { x: now, sigma: sigmaMin }
}

function scaledError(a: Float64Array, b: Float64Array, least: number, tolerance: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i++)
    sum += ((a[i]! - b[i]!) / (tolerance * Math.max(least, Math.abs(a[i]!), Math.abs(b[i]!)))) ** 2
  return Math.sqrt(sum / a.length)
}
