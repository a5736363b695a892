import { edm } from './edm.ts'
import { defineWeighting, levelsAround, type Weighting } from './weighting.ts'

/**
 * ln(σ/σ_d) normal with mean −0.4 and deviation 2; λ = (σ² + σ_d²)/(σ σ_d)².
 *
 * The published mean and deviation of consistency training, −1.1 and 2.0 at σ_d = 0.5, in units of σ_d: one step begins at σ_max, which
 * `edm` hardly ever asks. What lies beyond the range counts at its ends.
 */
export const wide: Weighting = defineWeighting({
  name: 'wide',
  summary: 'log-normal noise levels over the whole range, for few-step students',
  source: 'Song & Dhariwal 2023; Geng, Pokle, Luo, Lin, Kolter 2024',
  level: levelsAround({ mean: -0.4, deviation: 2 }),
  weight: edm.weight,
})
