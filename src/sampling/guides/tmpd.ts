import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'
import { heun } from '../samplers/heun.ts'
import { conjugateGradient } from './conjugate-gradient.ts'
import { type DenoiserGuide, denoiserGuide, moved, posteriorVariance } from './guided-denoiser.ts'

/**
 * p(y | x) ≈ N(y; A D, A V Aᵀ + s² I) with the posterior's own covariance, V = Cov[x₀ | x] = σ² ∂D/∂x (Tweedie's second formula):
 * D + σ² (∂D/∂x)ᵀ Aᵀ (A V Aᵀ + s² I)⁻¹ (y − A D).
 *
 * Exact where the data are Gaussian. The inverse is found by conjugate gradients, a derivative through the network each; ∂D/∂x
 * is taken for symmetric, as that of the true denoiser is.
 * Boys, Girolami, Pidstrigach et al. 2023 (TMPD); Rozet, Andry, Lanusse, Louppe 2024 (MMPS, conjugate gradients).
 */
export const tmpd: DenoiserGuide = denoiserGuide({
  name: 'tmpd',
  summary: 'gradient guidance by the posterior’s own covariance, exact for Gaussians',
  source: 'Boys, Girolami, Pidstrigach et al. 2023 (TMPD); Rozet, Andry, Lanusse, Louppe 2024 (MMPS)',
  settings: {
    solverSteps: { summary: 'steps of conjugate gradients', default: 3, from: 1, to: 32 },
  },
  sampler: heun,
  evaluations: ({ solverSteps }) => 2 + solverSteps,
  denoise: ({ denoised, residual, sigma, sigmaData, noise, pullBack, push, settings, operator, given }) => {
    const variance = f.square(sigma)
    const product = (u: f.Tensor): f.Tensor => {
      const image = push(pullBack(u))
      return f.add(f.mul(perPoint(variance, image), image), f.mul(u, noise ** 2))
    }
    const steps = Math.min(settings.solverSteps, operator.width)
    const a = posteriorVariance(sigma, sigmaData)
    const b = f.broadcastTo(f.constant(noise ** 2), a.shape)
    // What the operator does is undone in closed form, so that the steps are left with what the covariance does.
    const nearby = operator.solve && ((u: f.Tensor) => operator.solve!(u, { a, b }, given))
    return moved(denoised, sigma, pullBack(conjugateGradient(residual, product, steps, nearby)))
  },
})
