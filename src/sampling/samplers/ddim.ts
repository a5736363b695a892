import { ancestralCoefficients, ancestralStep, etaSetting } from './ancestral.ts'
import { defineSampler, type Sampler } from './sampler.ts'

/**
 * DDIM: `ancestral` without noise, unless η is told.  Song, Meng, Ermon 2021, equation 12.
 * x_s = D + √(σ_s² − τ²) (x_t − D)/σ_t + τ z,  τ = η σ_s √(σ_t² − σ_s²)/σ_t;  at η = 0, unless told, it is `euler`.
 * x, z: [B, d], z ~ N(0, I). The last step, to σ = 0, is the mean D, without noise.
 */
export const ddim: Sampler = defineSampler({
  name: 'ddim',
  summary: 'DDIM: without noise it is euler, with η = 1 ancestral',
  source: 'Song, Meng, Ermon 2021 (DDIM)',
  order: 1,
  evaluationsPerStep: 1,
  stochastic: true,
  settings: { eta: etaSetting(0) },
  coefficients: ancestralCoefficients,
  step: ancestralStep,
})
