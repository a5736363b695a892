import { add, sub } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * Predictor–corrector: at each level first a Langevin step, then an Euler step of the probability flow.
 * x′ = x_t + ε s + √(2ε) z, the score s = (D(x_t; σ_t) − x_t)/σ_t²;  x_s = D′ + (σ_s/σ_t)(x′ − D′),  D′ = D(x′; σ_t);
 * ε = 2 r² σ_t² ln(σ_t/σ_s).  Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole 2021, Algorithms 2 and 4.
 *
 * r: signal-to-noise ratio of a Langevin step, for one unit of ln σ.
 * Theirs is ε = 2 (r‖z‖/‖s‖)² with norms over the batch, so that a row depends on its neighbours. Here stand what these norms
 * are for noise, √d and √d/σ_t: a row's own would make ε infinite at a mode. Theirs does not depend on the distance of the
 * levels; then a share of ε/(2σ²) of the variance stays wrong however many steps there are. Here it vanishes with the steps.
 * x, z: [B, d], z ~ N(0, I). The last step, to σ = 0, is the mean D, without noise.
 */
export const predictorCorrector: Sampler = defineSampler({
  name: 'predictor-corrector',
  summary: 'a Langevin step at each level before an Euler step: corrects errors of the levels before',
  source: 'Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole 2021',
  order: 1,
  evaluationsPerStep: 2,
  stochastic: true,
  settings: {
    ratio: {
      summary: 'signal-to-noise ratio of a Langevin step, for one unit of ln σ',
      default: 0.3,
      from: 0,
      to: 1,
    },
  },
  coefficients: ({ sigma, next }, { ratio }) => {
    const drift = 2 * ratio ** 2 * Math.log(sigma / next) // ε/σ_t²
    return { sigma, drift, spread: sigma * Math.sqrt(2 * drift), keep: next / sigma }
  },
  step: ({ x, c, noise, denoise }) => {
    const drifted = add(x, times(c.drift, sub(denoise(x, c.sigma), x)))
    const corrected = add(drifted, times(c.spread, noise))
    const denoised = denoise(corrected, c.sigma)
    return { x: add(denoised, times(c.keep, sub(corrected, denoised))) }
  },
})
