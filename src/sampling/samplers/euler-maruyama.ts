import { add, sub } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * Euler–Maruyama on the reverse diffusion, in the variance v = σ².
 * x_s = x_t + (v_t − v_s) s + √(v_t − v_s) z, with the score s = (D(x_t; σ_t) − x_t)/v_t.  Anderson 1982; Song et al. 2021, appendix E.
 * For α = 1 this is the reverse-diffusion sampler of Song et al., x_{i} = x_{i+1} + (σ_{i+1}² − σ_i²) s + √(σ_{i+1}² − σ_i²) z.
 * x, z: [B, d], z ~ N(0, I). The last step, to σ = 0, is the mean D, without noise.
 */
export const eulerMaruyama: Sampler = defineSampler({
  name: 'euler-maruyama',
  also: ['reverse-diffusion', 'reverse-sde'],
  summary: 'the reverse diffusion itself, with fresh noise at each step: one evaluation, many steps',
  source: 'Anderson 1982; Song et al. 2021',
  order: 1,
  evaluationsPerStep: 1,
  stochastic: true,
  coefficients: ({ sigma, next }) => {
    const removed = (sigma - next) * (sigma + next)
    return { sigma, drift: removed / sigma ** 2, spread: Math.sqrt(removed) }
  },
  step: ({ x, c, noise, denoise }) => {
    const mean = add(x, times(c.drift, sub(denoise(x, c.sigma), x)))
    return { x: add(mean, times(c.spread, noise)) }
  },
})
