import { defineTimeGrid, type TimeGrid } from './grid.ts'

/** σ(u) = (σ_max^{1/ρ} + u (σ_min^{1/ρ} − σ_max^{1/ρ}))^ρ, ρ = 7 unless told.  Karras et al. 2022, equation 5. */
export const karras: TimeGrid = defineTimeGrid({
  name: 'karras',
  summary: 'even in the seventh root of σ: most steps at low noise',
  source: 'Karras, Aittala, Aila, Laine 2022',
  settings: {
    rho: {
      summary: 'ρ, the root: the larger, the closer the levels stand near σ_min',
      ...{ default: 7, from: 1, to: 50 },
    },
  },
  at: (u, { sigmaMin, sigmaMax }, { rho }) => {
    const [low, high] = [sigmaMin ** (1 / rho), sigmaMax ** (1 / rho)]
    return (high + u * (low - high)) ** rho
  },
})
