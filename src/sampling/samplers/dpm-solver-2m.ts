import { add, sub } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * DPM-Solver++(2M): exact in the linear part of the flow, two-step in the denoiser.
 * x_s = (σ_s/σ_t) x_t − expm1(−h) D̃,  D̃ = D + (D − D_before)/(2r),  h = λ_s − λ_t,  r = h_before/h,  λ = −ln σ.
 * Lu, Zhou, Bao, Chen, Li, Zhu 2022 (DPM-Solver++), Algorithm 2.
 * x: [B, d]. First order at the first step, where there is no D before, and at the last, to σ = 0.
 */
export const dpmSolver2m: Sampler = defineSampler({
  name: 'dpmpp-2m',
  summary: 'DPM-Solver++(2M): second order at one evaluation a step, for few steps',
  source: 'Lu, Zhou, Bao, Chen, Li, Zhu 2022 (DPM-Solver++)',
  order: 2,
  evaluationsPerStep: 1,
  stochastic: false,
  memory: ['before'],
  coefficients: ({ sigma, next, before: [previous] }) => {
    const h = Math.log(sigma / next)
    const hBefore = previous === undefined ? Infinity : Math.log(previous / sigma)
    return { sigma, shrink: next / sigma, gain: -Math.expm1(-h), extrapolate: h / (2 * hBefore) }
  },
  step: ({ x, c, memory, denoise }) => {
    const denoised = denoise(x, c.sigma)
    const ahead = add(denoised, times(c.extrapolate, sub(denoised, memory.before)))
    return { x: add(times(c.shrink, x), times(c.gain, ahead)), memory: { before: denoised } }
  },
})
