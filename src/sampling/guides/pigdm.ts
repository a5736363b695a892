import * as f from '../../engine/index.ts'
import { heun } from '../samplers/heun.ts'
import { adjointOf } from './adjoint.ts'
import { type DenoiserGuide, denoiserGuide, moved, posteriorVariance } from './guided-denoiser.ts'

/**
 * p(y | x) ≈ N(y; A D, r² A Aᵀ + s² I): as if x₀ were D with noise of one variance r² = σ²σ_d²/(σ² + σ_d²) in all directions.
 * D + σ² (∂D/∂x)ᵀ Aᵀ (r² A Aᵀ + s² I)⁻¹ (y − A D).  Song, Vahdat, Mardani, Kautz 2023, equation 7.
 */
export const pigdm: DenoiserGuide = denoiserGuide({
  name: 'pigdm',
  summary: 'gradient guidance by the pseudo-inverse, one variance for all directions',
  source: 'Song, Vahdat, Mardani, Kautz 2023 (ΠGDM)',
  sampler: heun,
  evaluations: () => 2,
  denoise: ({ denoised, residual, sigma, sigmaData, noise, pullBack, ...of }) => {
    const a = posteriorVariance(sigma, sigmaData)
    const b = f.broadcastTo(f.constant(noise ** 2), a.shape)
    const { solve } = adjointOf({ denoised, ...of })
    return moved(denoised, sigma, pullBack(solve(residual, { a, b })))
  },
})
