import { defineTimeGrid, type TimeGrid } from './grid.ts'

/** ρ: the larger, the closer the levels stand near σ_min. */
const rho = 7

/** σ(u) = (σ_max^{1/ρ} + u (σ_min^{1/ρ} − σ_max^{1/ρ}))^ρ, ρ = 7.  Karras et al. 2022, equation 5. */
export const karras: TimeGrid = defineTimeGrid({
  name: 'karras',
  summary: 'even in the seventh root of σ: most steps at low noise',
  source: 'Karras, Aittala, Aila, Laine 2022',
  at: (u, { sigmaMin, sigmaMax }) => {
    const [low, high] = [sigmaMin ** (1 / rho), sigmaMax ** (1 / rho)]
    return (high + u * (low - high)) ** rho
  },
})
