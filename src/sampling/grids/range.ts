import type { NoiseProcess } from '../../noise/index.ts'
import type { LevelRange } from './grid.ts'

/** Where sampling of a process begins and ends, in the coordinate x̄ = x/α(t). */
export interface SamplingRange extends LevelRange {
  readonly process: NoiseProcess
  /** Standard deviation of x̄ at σ_max: where sampling begins. */
  readonly priorStd: number
}

/**
 * The range of a process: σ_min = σ(sampleMin), σ_max = σ(t_max), prior priorStd/α(t_max); t_max ends its
 * `trainRange`.
 */
export function samplingRange(process: NoiseProcess): SamplingRange {
  const last = process.trainRange[1]
  return {
    process,
    sigmaMin: process.sigma(process.sampleMin),
    sigmaMax: process.sigma(last),
    priorStd: process.priorStd / process.alpha(last),
  }
}
