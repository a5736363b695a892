import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'
import { type ChainMethod, defineChain } from './define-chain.ts'
import { adapted, adaptedPlan, stepMemory } from './dual-averaging.ts'
import { metropolis, squares } from './metropolis.ts'

/**
 * The Metropolis-adjusted Langevin algorithm: x′ = x + (ε/2) s(x) + √ε z, accepted with the exact ratio.
 * log r = E(x) − E(x′) + ½‖z‖² − ‖x − x′ − (ε/2) s(x′)‖²/(2ε),  s = −∇E.  Besag 1994; Roberts & Tweedie 1996.
 *
 * Every step leaves the density as it is, whatever ε: what is drawn is off by what the chain has not mixed, and by nothing else.
 * Separated modes keep the shares that they had at the start. In the first half of the steps, which is thrown away, each chain finds a
 * step of its own by dual averaging, to an acceptance of 0.57 (Roberts & Rosenthal 1998): `dual-averaging.ts` says why its own.
 * x, z: [B, …event], z ~ N(0, I); E: [B]. One evaluation of energy and score a step. Starts from N(mean, σ_d² I).
 */
export const mala: ChainMethod = defineChain({
  name: 'mala',
  summary: 'Langevin chains, each step accepted or refused by Metropolis’ rule: exact once they have mixed',
  source: 'Besag 1994; Roberts & Tweedie 1996',
  needs: ['energy'],
  levels: 'one',
  steps: 1000,
  accepts: true,
  settings: {
    acceptance: {
      summary: 'δ, the acceptance that steps are adapted to',
      default: 0.57,
      from: 0.1,
      to: 0.95,
    },
  },
  memory: { energy: 'number', score: 'point', ...stepMemory },
  whenItDiverges: 'Take shorter steps: --sampler-option acceptance=0.8.',
  evaluations: (steps) => steps,
  plan: adaptedPlan,
  step: ({ x, c, z, u, memory, energyAndScore }, { acceptance: target }) => {
    const epsilon = f.exp(f.mul(memory.logStep, 2)) // [B]
    const drift = perPoint(f.mul(epsilon, 0.5), x)
    const spread = perPoint(f.exp(memory.logStep), x)
    const proposal = f.add(f.add(x, f.mul(drift, memory.score)), f.mul(spread, z))
    const there = energyAndScore(proposal)
    const back = f.sub(f.sub(x, proposal), f.mul(drift, there.score))
    const gap = f.sub(f.mul(squares(z), 0.5), f.div(squares(back), f.mul(epsilon, 2)))
    const { acceptance, chosen } = metropolis(f.add(f.sub(memory.energy, there.energy), gap), u)
    return {
      x: chosen(proposal, x),
      acceptance,
      memory: {
        energy: chosen(there.energy, memory.energy),
        score: chosen(there.score, memory.score),
        ...adapted(memory, c, acceptance, target),
      },
    }
  },
})
