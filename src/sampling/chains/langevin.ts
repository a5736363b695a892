import { type ChainMethod, defineChain } from './define-chain.ts'
import { langevinStep } from './langevin-step.ts'

/**
 * Unadjusted Langevin chains of a density that is known by its score at one level: x ← x + (ε/2) s(x) + √ε z.
 * Parisi 1981; Roberts & Tweedie 1996.
 *
 * √ε falls geometrically, from 0.5 σ_d to 0.02 σ_d unless told: chains first find the modes, then their shape. Nothing is refused, so a
 * chain at rest is off by O(ε), and where ε is too long for the density's narrowest part it runs away. Separated modes keep the shares
 * that they had at the start; `mala` is exact where there is an energy, `annealed-langevin` crosses from mode to mode.
 * x, z: [B, …event], z ~ N(0, I). One evaluation of the score a step. Starts from N(mean, σ_d² I).
 */
export const langevin: ChainMethod = defineChain({
  name: 'langevin',
  also: ['ula', 'unadjusted-langevin'],
  summary: 'Langevin chains with falling steps, unadjusted: needs a score only',
  source: 'Parisi 1981; Roberts & Tweedie 1996',
  needs: ['score'],
  levels: 'one',
  steps: 500,
  accepts: false,
  settings: {
    firstStep: { summary: '√ε of the first step, in units of σ_d', default: 0.5, from: 1e-4, to: 10 },
    lastStep: { summary: '√ε of the last step, in units of σ_d', default: 0.02, from: 1e-4, to: 10 },
  },
  memory: {},
  whenItDiverges: 'Take shorter steps: --sampler-option firstStep=0.1.',
  evaluations: (steps) => steps,
  plan: ({ steps, range, settings: { firstStep, lastStep } }) => ({
    count: steps,
    keptFrom: Math.floor(steps / 2),
    start: { mean: range.mean, std: range.sigmaData },
    memory: {},
    at: (transition) => {
      const fall = (lastStep / firstStep) ** (transition / Math.max(1, steps - 1))
      const spread = range.sigmaData * firstStep * fall
      return { drift: spread ** 2 / 2, spread }
    },
  }),
  step: ({ x, c, z, score }) => ({ x: langevinStep({ x, z, score: score(x), ...c }) }),
})
