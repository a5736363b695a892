import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'
import { ancestral } from '../samplers/ancestral.ts'
import { adjointOf } from './adjoint.ts'
import { type DenoiserGuide, denoiserGuide, posteriorVariance } from './guided-denoiser.ts'

/**
 * What is observed takes the place of what was denoised: D + r² Aᵀ (r² A Aᵀ + s² I)⁻¹ (y − A D), which is y itself where a
 * coordinate is observed without noise. Walked by `ancestral`, an observed coordinate is y noised anew at every level.
 *
 * The others never hear of what y will make of them at lower levels, so what comes out depends on y less than it should.
 * Song et al. 2021 (imputation); Wang, Yu, Zhang 2023 (DDNM, of any linear operator).
 */
export const replacement: DenoiserGuide = denoiserGuide({
  name: 'replacement',
  summary: 'what is observed takes the place of what was denoised; cheap, and biased',
  source: 'Song, Sohl-Dickstein, Kingma et al. 2021; Wang, Yu, Zhang 2023 (DDNM)',
  sampler: ancestral,
  evaluations: () => 1,
  denoise: ({ denoised, residual, sigma, sigmaData, noise, operator, given, push }) => {
    const a = posteriorVariance(sigma, sigmaData)
    const b = f.broadcastTo(f.constant(noise ** 2), a.shape)
    const { solve, adjoint } = adjointOf({ operator, given, denoised, push })
    const step = adjoint(solve(residual, { a, b }))
    return f.add(denoised, f.mul(perPoint(a, step), step))
  },
})
