import { defineWeighting, levelsAround, type Weighting } from './weighting.ts'

/**
 * ln(σ/σ_d) normal with mean −1 and deviation 1.3; λ = (σ² + σ_d²)/(σ σ_d)².
 *
 * With EDM's preconditioning λ c_out² = 1: every level asks an equally large thing of the raw network.
 * The published mean and deviation, −1.2 and 1.2 at σ_d = 0.5, are −0.5 and 1.2 relative to σ_d, for pictures (`edm-pictures`). Vectors
 * have finer structure against their size, and a likelihood to get right: they are asked lower and wider.
 */
export const edm: Weighting = defineWeighting({
  name: 'edm',
  summary: 'log-normal noise levels around the data’s own size, weights of EDM',
  source: 'Karras, Aittala, Aila, Laine 2022',
  level: levelsAround({ mean: -1, deviation: 1.3 }),
  weight: (sigma, { sigmaData }) => (sigma ** 2 + sigmaData ** 2) / (sigma * sigmaData) ** 2,
})
