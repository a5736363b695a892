import { defineTimeGrid, type TimeGrid } from './grid.ts'
import { evenInTime } from './process-time.ts'

/**
 * σ(u) = σ(t_max + u (t_min − t_max)): even in the process's time t, with t_max = t(σ_max), t_min = t(σ_min).
 * Ho et al. 2020.
 */
export const uniform: TimeGrid = defineTimeGrid({
  name: 'uniform',
  summary: 'even in the time of the noise process; in σ itself where no process is named',
  source: 'Ho, Jain, Abbeel 2020; Song et al. 2021',
  at: (u, range) => evenInTime(range.process, u, range),
})
