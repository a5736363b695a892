import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'
import { type ChainMethod, defineChain } from './define-chain.ts'
import { adapted, adaptedPlan, stepMemory } from './dual-averaging.ts'
import { metropolis, squares } from './metropolis.ts'

/** Part by which steps vary about what is adapted, so that no path closes on itself (Neal 2011, section 3.2). */
const jitter = 0.2
const goldenRatio = (Math.sqrt(5) - 1) / 2

/**
 * Hamiltonian Monte Carlo: a point with a fresh momentum p = z runs L leapfrog steps, and its end is accepted by the energy's error.
 * p ← p + (h/2) s(x);  x ← x + h p;  p ← p + (h/2) s(x);  log r = E(x) + ½‖z‖² − E(x′) − ½‖p′‖²,  s = −∇E.
 * Duane, Kennedy, Pendleton, Roweth 1987; Neal 2011.
 *
 * Like `mala` it leaves the density as it is; a path of L steps goes L times as far as one of Langevin's. In the first half of the
 * steps, which is thrown away, each chain finds a step h of its own by dual averaging, to an acceptance of 0.8 (Hoffman & Gelman
 * 2014). h varies by ±20 % from path to path.
 * x, z: [B, …event], z ~ N(0, I); E: [B]. steps: paths; L evaluations of energy and score each. Starts from N(mean, σ_d² I).
 */
export const hmc: ChainMethod = defineChain({
  name: 'hmc',
  summary:
    'Hamiltonian Monte Carlo: paths of leapfrog steps, accepted or refused; goes far without losing its way',
  source: 'Duane, Kennedy, Pendleton, Roweth 1987; Neal 2011',
  needs: ['energy'],
  levels: 'one',
  steps: 300,
  accepts: true,
  settings: {
    leapfrog: { summary: 'L, leapfrog steps of a path', default: 8, from: 1, to: 1000 },
    acceptance: { summary: 'δ, the acceptance that steps are adapted to', default: 0.8, from: 0.1, to: 0.95 },
  },
  memory: { energy: 'number', score: 'point', ...stepMemory },
  whenItDiverges: 'Take shorter steps: --sampler-option acceptance=0.9.',
  evaluations: (steps, { leapfrog }) => steps * Math.round(leapfrog),
  plan: (given) => {
    const plan = adaptedPlan(given)
    return {
      ...plan,
      at: (transition) => ({
        ...plan.at(transition),
        vary: 1 + jitter * (2 * ((transition * goldenRatio) % 1) - 1),
      }),
    }
  },
  step: ({ x, c, z, u, memory, energyAndScore }, { acceptance: target, leapfrog }) => {
    const length = f.mul(f.exp(memory.logStep), f.broadcastTo(c.vary, memory.logStep.shape))
    const [h, half] = [perPoint(length, x), perPoint(f.mul(length, 0.5), x)]
    const { carry: end } = f.scan({
      carry: { x, p: z, score: memory.score, energy: memory.energy },
      length: Math.round(leapfrog),
      step: ({ carry }) => {
        const between = f.add(carry.p, f.mul(half, carry.score))
        const moved = f.add(carry.x, f.mul(h, between))
        const there = energyAndScore(moved)
        const p = f.add(between, f.mul(half, there.score))
        return { carry: { x: moved, p, ...there } }
      },
    })
    const kinetic = f.mul(f.sub(squares(z), squares(end.p)), 0.5)
    const { acceptance, chosen } = metropolis(f.add(f.sub(memory.energy, end.energy), kinetic), u)
    return {
      x: chosen(end.x, x),
      acceptance,
      memory: {
        energy: chosen(end.energy, memory.energy),
        score: chosen(end.score, memory.score),
        ...adapted(memory, c, acceptance, target),
      },
    }
  },
})
