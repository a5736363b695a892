import { add, sub } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * Euler's method on the probability flow: x_s = x_t + (σ_s − σ_t) d, d = (x_t − D(x_t; σ_t))/σ_t.
 * In x̄ this is DDIM for every noise process: x_s = (σ_s/σ_t) x_t + (1 − σ_s/σ_t) D.  Song, Meng, Ermon 2021,
 * equation 13.
 * It is DPM-Solver++(1S) and UniP-1, too: 1 − e^{−h} = 1 − σ_s/σ_t, h = ln(σ_t/σ_s).
 * x: [B, d].
 */
export const euler: Sampler = defineSampler({
  name: 'euler',
  also: ['dpmpp-1', 'dpmpp-1s', 'unipc-1'],
  summary: 'Euler steps on the probability flow, which is DDIM: one evaluation a step',
  source: 'Song, Meng, Ermon 2021 (DDIM); Karras et al. 2022',
  order: 1,
  evaluationsPerStep: 1,
  stochastic: false,
  coefficients: ({ sigma, next }) => ({ sigma, stepOverSigma: (next - sigma) / sigma }),
  step: ({ x, c, denoise }) => ({ x: add(x, times(c.stepOverSigma, sub(x, denoise(x, c.sigma)))) }),
})
