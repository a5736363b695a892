import { defineTimeGrid, type TimeGrid } from './grid.ts'

/**
 * σ(u) = σ_max (σ_min/σ_max)^u: even in ln σ, which is minus half the log signal-to-noise ratio.  Lu et al.
 * 2022.
 */
export const logSnr: TimeGrid = defineTimeGrid({
  name: 'log-snr',
  summary: 'even in the logarithm of the signal-to-noise ratio',
  source: 'Lu, Zhou, Bao, Chen, Li, Zhu 2022 (DPM-Solver)',
  at: (u, { sigmaMin, sigmaMax }) => Math.exp((1 - u) * Math.log(sigmaMax) + u * Math.log(sigmaMin)),
})
