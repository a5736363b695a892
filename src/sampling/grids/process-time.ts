import type { NoiseProcess } from '../../noise/index.ts'
import { defineTimeGrid, type TimeGrid } from './grid.ts'

/**
 * σ(u) = σ(t_max + u (t_min − t_max)), even in the time t of this process, with t_max = t(σ_max), t_min = t(σ_min): the levels at
 * which a sampler of that process would stand, for a model of any levels.
 */
export function timeOf(process: NoiseProcess): TimeGrid {
  return defineTimeGrid({
    name: process.name,
    summary: `even in the time of the noise process "${process.name}"`,
    source: process.source,
    at: (u, { sigmaMin, sigmaMax }) => {
      const [first, last] = [process.timeOfSigma(sigmaMax), process.timeOfSigma(sigmaMin)]
      return process.sigma(first + u * (last - first))
    },
  })
}
