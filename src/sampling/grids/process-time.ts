import type { NoiseProcess } from '../../noise/index.ts'
import { defineTimeGrid, type LevelRange, type NoiseClock, type TimeGrid } from './grid.ts'

/** σ(t_max + u (t_min − t_max)), even in the time t of a process, with t_max = t(σ_max), t_min = t(σ_min). */
export function evenInTime(process: NoiseClock, u: number, { sigmaMin, sigmaMax }: LevelRange): number {
  const [first, last] = [process.timeOfSigma(sigmaMax), process.timeOfSigma(sigmaMin)]
  return process.sigma(first + u * (last - first))
}

/** The levels at which a sampler of this process would stand, for a model of any levels. */
export function timeOf(process: NoiseProcess): TimeGrid {
  return defineTimeGrid({
    name: process.name,
    summary: `even in the time of the noise process "${process.name}"`,
    source: process.source,
    at: (u, range) => evenInTime(process, u, range),
  })
}
