import { timeGridByName } from '../grids/index.ts'
import { startOf } from '../start.ts'
import { type ChainMethod, defineChain } from './define-chain.ts'
import { langevinStep } from './langevin-step.ts'

/**
 * Annealed Langevin dynamics: at each noise level σ₁ > … > σ_L, one after the other, K Langevin steps on the score of that level.
 * x ← x + (α_i/2) s(x, σ_i) + √α_i z,  α_i = ε (σ_i/σ_L)²;  in the end x + σ_L² s(x, σ_L), the mean without noise.
 * Song & Ermon 2019, Algorithm 1; the last step: Jolicoeur-Martineau et al. 2020.
 *
 * r = ε/σ_L² = α_i/σ_i², the same at every level: 0.2 there (ε = 2·10⁻⁵, σ_L = 0.01), with 1,000 steps in all. A chain at rest has
 * (1 − r/4)⁻¹ of a level's noise variance; the last step takes the noise away. A chain lags behind the levels: in 200 evaluations the
 * smaller of two modes gets more than its weight, however the steps are shared out (docs/samplers.md).
 * steps L, levels; K L + 1 evaluations. x, z: [B, d], z ~ N(0, I). Starts from N(mean, σ₁² + σ_d²).
 */
export const annealedLangevin: ChainMethod = defineChain({
  name: 'annealed-langevin',
  summary: 'Langevin steps at each noise level, from the largest down: modes keep their weights',
  source: 'Song & Ermon 2019, Algorithm 1',
  needs: ['score'],
  levels: 'each',
  steps: 100,
  accepts: false,
  settings: {
    perLevel: { summary: 'K, Langevin steps at each noise level', default: 5, from: 1, to: 1000 },
    stepRatio: {
      summary: 'r = α_i/σ_i², the length of a step at its level',
      default: 0.5,
      from: 1e-4,
      to: 2,
    },
  },
  memory: {},
  whenItDiverges: 'Take shorter steps: --sampler-option stepRatio=0.1.',
  evaluations: (steps, { perLevel }) => steps * Math.round(perLevel) + 1,
  plan: ({ steps, grid = 'log-snr', range, settings: { perLevel, stepRatio } }) => {
    const levels = timeGridByName(grid).levels({ ...range, steps })
    const each = Math.round(perLevel)
    const last = levels[steps - 1]!
    return {
      count: steps * each + 1,
      start: startOf({ ...range, sigmaMax: levels[0]! }),
      memory: {},
      at: (transition) => {
        if (transition === steps * each) return { sigma: last, drift: last ** 2, spread: 0 }
        const sigma = levels[Math.floor(transition / each)]!
        const alpha = stepRatio * sigma ** 2
        return { sigma, drift: alpha / 2, spread: Math.sqrt(alpha) }
      },
    }
  },
  step: ({ x, c, z, score }) => ({ x: langevinStep({ x, z, score: score(x, c.sigma), ...c }) }),
})
