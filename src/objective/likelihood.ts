import { defineObjective, type Objective } from './objective.ts'

/**
 * ln σ uniform; λ = ln(σ_max/σ_min) / σ²: the likelihood weighting g² with the time drawn ∝ g²/std².
 *
 * Up to terms without parameters, d times the mean loss bounds −E log p from above: maximum likelihood of the SDE
 * model. For every process dσ²/dt = g²/α², so g²/std² dt = 2 d ln σ, and ‖std·s + z‖² = ‖D − x₀‖²/σ².
 */
export const likelihood: Objective = defineObjective({
  name: 'likelihood',
  summary: 'log-uniform noise levels, likelihood weighting: a bound on the log-likelihood',
  source: 'Song, Durkan, Murray, Ermon 2021',
  level: (u, { sigmaMin, sigmaMax }) => sigmaMin * (sigmaMax / sigmaMin) ** u,
  weight: (sigma, { sigmaMin, sigmaMax }) => Math.log(sigmaMax / sigmaMin) / sigma ** 2,
})
