import { edm } from './edm.ts'
import { defineWeighting, levelsAround, type Weighting } from './weighting.ts'

/**
 * ln(σ/σ_d) normal with mean −0.5 and deviation 1.2; λ = (σ² + σ_d²)/(σ σ_d)².
 *
 * What was published for pictures: mean −1.2 and deviation 1.2 of ln σ at σ_d = 0.5. What a picture shows is decided at higher levels
 * than those that `edm` asks for most; what is fine, and counts in bits more than to the eye, is asked for less often.
 */
export const edmPictures: Weighting = defineWeighting({
  name: 'edm-pictures',
  summary: 'noise levels and weights of EDM, as published for pictures',
  source: 'Karras, Aittala, Aila, Laine 2022',
  level: levelsAround({ mean: -0.5, deviation: 1.2 }),
  weight: edm.weight,
})
