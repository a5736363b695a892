import { add, sub } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * Heun's method on the probability flow: an Euler step, then the average of both slopes.
 * d = (x_t − D(x_t; σ_t))/σ_t;  x̂_s = x_t + h d,  h = σ_s − σ_t;
 * d′ = (x̂_s − D(x̂_s; σ_s))/σ_s;  x_s = x_t + ½h (d + d′).  Karras et al. 2022, Algorithm 1.
 * x: [B, d]. On N levels and 0: 2N − 1 evaluations.
 */
export const heun: Sampler = defineSampler({
  name: 'heun',
  summary: 'an Euler step corrected by the slope at its end; the sampler to begin with',
  source: 'Karras, Aittala, Aila, Laine 2022, Algorithm 1',
  order: 2,
  evaluationsPerStep: 2,
  stochastic: false,
  coefficients: ({ sigma, next }) => ({
    sigma,
    next,
    perSigma: 1 / sigma,
    perNext: 1 / next,
    h: next - sigma,
    halfH: (next - sigma) / 2,
  }),
  step: ({ x, c, denoise }) => {
    const slope = times(c.perSigma, sub(x, denoise(x, c.sigma)))
    const guess = add(x, times(c.h, slope))
    const slopeThere = times(c.perNext, sub(guess, denoise(guess, c.next)))
    return { x: add(x, times(c.halfH, add(slope, slopeThere))) }
  },
})
