import { add, sub } from '../../engine/index.ts'
import { exponentialMoments, exponentialWeights, nodesOf } from './exponential.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * DPM-Solver++(3M): exact in the linear part of the flow; the denoiser goes on as the parabola through its last three values.
 * x_s = (σ_s/σ_t) x_t + w₀ D + w₁ D_before + w₂ D_earlier, w by `exponentialWeights`.
 * Lu, Zhou, Bao, Chen, Li, Zhu 2022 (DPM-Solver++), in the third-order form of their program.
 *
 * Two things differ from that program, each of which leaves it with order 2. It weighs the second difference by half of its integral.
 * And its first step, with no D before, has an error of h²: here the second step puts it right, when D at its end is known, as
 * the corrector of Zhao et al. 2023 does: x ← x + φ (D − D_before), φ = 1 + expm1(−h)/h of the first step.
 * x: [B, d].
 */
export const dpmSolver3m: Sampler = defineSampler({
  name: 'dpmpp-3m',
  summary: 'DPM-Solver++(3M): third order at one evaluation a step',
  source: 'Lu, Zhou, Bao, Chen, Li, Zhu 2022 (DPM-Solver++)',
  order: 3,
  evaluationsPerStep: 1,
  stochastic: false,
  memory: ['before', 'earlier'],
  coefficients: ({ sigma, next, before }) => {
    const h = Math.log(sigma / next)
    const [now = 0, then = 0, earlier = 0] = exponentialWeights(
      h,
      nodesOf([sigma, ...before.slice(0, 2)], sigma, h),
    )
    const mend = before.length === 1 ? exponentialMoments(Math.log(before[0]! / sigma), 2)[1]! : 0
    return { sigma, shrink: next / sigma, now, then, earlier, mend }
  },
  step: ({ x, c, memory, denoise }) => {
    const denoised = denoise(x, c.sigma)
    const mended = add(x, times(c.mend, sub(denoised, memory.before)))
    const recent = add(times(c.now, denoised), times(c.then, memory.before))
    const ahead = add(recent, times(c.earlier, memory.earlier))
    return {
      x: add(times(c.shrink, mended), ahead),
      memory: { before: denoised, earlier: memory.before },
    }
  },
})
