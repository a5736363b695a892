import { add } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * DPM-Solver++(2S): exact in the linear part of the flow, with the denoiser of the step's middle.
 * x̂_m = (σ_m/σ_t) x_t − expm1(−h/2) D(x_t; σ_t);  x_s = (σ_s/σ_t) x_t − expm1(−h) D(x̂_m; σ_m);
 * h = ln(σ_t/σ_s), σ_m = √(σ_t σ_s).  Lu, Zhou, Bao, Chen, Li, Zhu 2022 (DPM-Solver++), Algorithm 1 with r = ½.
 * x: [B, d]. DPM-Solver++(1S) is `euler`: 1 − e^{−h} = 1 − σ_s/σ_t.
 */
export const dpmSolver2s: Sampler = defineSampler({
  name: 'dpmpp-2s',
  summary: 'DPM-Solver++(2S): the denoiser of the step’s middle; needs no step before',
  source: 'Lu, Zhou, Bao, Chen, Li, Zhu 2022 (DPM-Solver++), Algorithm 1',
  order: 2,
  evaluationsPerStep: 2,
  stochastic: false,
  coefficients: ({ sigma, next }) => {
    const h = Math.log(sigma / next)
    return {
      sigma,
      middle: Math.sqrt(sigma * next),
      shrinkHalf: Math.sqrt(next / sigma),
      gainHalf: -Math.expm1(-h / 2),
      shrink: next / sigma,
      gain: -Math.expm1(-h),
    }
  },
  step: ({ x, c, denoise }) => {
    const halfway = add(times(c.shrinkHalf, x), times(c.gainHalf, denoise(x, c.sigma)))
    return { x: add(times(c.shrink, x), times(c.gain, denoise(halfway, c.middle))) }
  },
})
