/**
 * The scalars around a raw network F: D(x; σ) = cSkip·x + cOut·F(cIn·x, cNoise), with the weight of its loss.
 */
export interface EdmPreconditioning {
  readonly cSkip: number
  readonly cOut: number
  readonly cIn: number
  readonly cNoise: number
  /** λ of λ‖D − x₀‖². As λ·cOut² = 1, that equals ‖F − target‖²: weight one of them, never both. */
  readonly lossWeight: number
}

/**
 * Scales a network's input, output and target to unit variance at every noise level.
 * c_skip = σ_d²/(σ² + σ_d²), c_out = σσ_d/√(σ² + σ_d²), c_in = 1/√(σ² + σ_d²), c_noise = ¼ ln σ,
 * λ = (σ² + σ_d²)/(σσ_d)².  Karras et al. 2022, table 1.
 * sigma σ > 0; sigmaData σ_d > 0, the standard deviation of the data as the network sees them.
 */
export function edmPreconditioning(options: {
  readonly sigma: number
  readonly sigmaData: number
}): EdmPreconditioning {
  const { sigma, sigmaData } = options
  const total = Math.hypot(sigma, sigmaData)
  return {
    cSkip: (sigmaData / total) ** 2,
    cOut: (sigma / total) * sigmaData,
    cIn: 1 / total,
    cNoise: 0.25 * Math.log(sigma),
    lossWeight: (total / (sigma * sigmaData)) ** 2,
  }
}
