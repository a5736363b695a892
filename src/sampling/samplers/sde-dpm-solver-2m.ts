import { add, sub } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * SDE-DPM-Solver++(2M): the reverse diffusion, exact in its linear part and its noise, two-step in the denoiser.
 * x_s = (σ_s/σ_t) e^{−h} x_t + (1 − e^{−2h}) D̃ + σ_s √(1 − e^{−2h}) z,  D̃ = D + (D − D_before)/(2r),
 * h = ln(σ_t/σ_s), r = h_before/h.  Lu, Zhou, Bao, Chen, Li, Zhu 2022 (DPM-Solver++), section 5.
 * x, z: [B, d], z ~ N(0, I). First order, which is `ancestral`, at the first step; the last, to σ = 0, is the mean D.
 */
export const sdeDpmSolver2m: Sampler = defineSampler({
  name: 'sde-dpmpp-2m',
  summary: 'SDE-DPM-Solver++(2M): the reverse diffusion with second order at one evaluation a step',
  source: 'Lu, Zhou, Bao, Chen, Li, Zhu 2022 (DPM-Solver++), section 5',
  order: 2,
  evaluationsPerStep: 1,
  stochastic: true,
  memory: ['before'],
  coefficients: ({ sigma, next, before: [previous] }) => {
    const h = Math.log(sigma / next)
    const hBefore = previous === undefined ? Infinity : Math.log(previous / sigma)
    const gain = -Math.expm1(-2 * h)
    return {
      sigma,
      shrink: (next / sigma) ** 2,
      gain,
      extrapolate: h / (2 * hBefore),
      spread: next * Math.sqrt(gain),
    }
  },
  step: ({ x, c, memory, noise, denoise }) => {
    const denoised = denoise(x, c.sigma)
    const ahead = add(denoised, times(c.extrapolate, sub(denoised, memory.before)))
    const mean = add(times(c.shrink, x), times(c.gain, ahead))
    return { x: add(mean, times(c.spread, noise)), memory: { before: denoised } }
  },
})
