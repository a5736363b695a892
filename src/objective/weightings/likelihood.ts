import { defineWeighting, type Weighting } from './weighting.ts'

/**
 * ln σ uniform; λ = ln(σ_max/σ_min) / σ²: the likelihood weighting g² with the time drawn ∝ g²/std².
 *
 * With L the mean loss, p the model's density at σ_min and π the prior it starts from at σ_max,
 * −E ln p(x₀ + σ_min z) ≤ d L − d ln(σ_max/σ_min) − E ln π(x₀ + σ_max z)  (nats),
 * an equality where D is the true denoiser of some distribution, noised up to π: the loss is maximum likelihood of the
 * SDE model. It is least at the true one of the data, where it is the entropy of x₀ + σ_min z.
 * It follows from dH/dσ = σ E‖s‖² (de Bruijn) and E‖D − x₀‖² = dσ² − σ⁴ E‖s‖². For every process dσ²/dt = g²/α², so
 * g²/std² dt = 2 d ln σ, and ‖std·s + z‖² = ‖D − x₀‖²/σ².
 */
export const likelihood: Weighting = defineWeighting({
  name: 'likelihood',
  summary: 'log-uniform noise levels, likelihood weighting: a bound on the log-likelihood',
  source: 'Song, Durkan, Murray, Ermon 2021',
  level: (u, { sigmaMin, sigmaMax }) => sigmaMin * (sigmaMax / sigmaMin) ** u,
  weight: (sigma, { sigmaMin, sigmaMax }) => Math.log(sigmaMax / sigmaMin) / sigma ** 2,
})
