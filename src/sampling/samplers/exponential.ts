/**
 * ∫₀ʰ e^{−(h−τ)} (τ/h)ᵏ dτ for k = 0 … count − 1: how much a part of D that grows as (τ/h)ᵏ over a step of length h in λ = −ln σ
 * adds to x̄.
 *
 * m₀ = −expm1(−h), m_k = 1 − (k/h) m_{k−1}; that cancels where h is small, so there the series h k! Σₙ (−h)ⁿ/(n + k + 1)! is summed.
 * h > 0.
 */
export function exponentialMoments(h: number, count: number): number[] {
  if (h < 1) return Array.from({ length: count }, (_, k) => momentSeries(h, k))
  const moments = [-Math.expm1(-h)]
  for (let k = 1; k < count; k++) moments.push(1 - (k / h) * moments[k - 1]!)
  return moments
}

function momentSeries(h: number, k: number): number {
  let term = h / (k + 1)
  let sum = term
  for (let n = 1; n < 20; n++) {
    term *= -h / (n + k + 1)
    sum += term
  }
  return sum
}

/**
 * Weights w of the denoiser at given times, x̄_s = (σ_s/σ_t) x̄_t + Σ w_j D_j: the flow is solved exactly for the polynomial in
 * λ = −ln σ that goes through these D.  Hochbruck & Ostermann 2010, section 2.
 *
 * h = ln(σ_t/σ_s) > 0; nodes: times u_j from the step's begin in units of h, all different: 0 is σ_t, 1 is σ_s.
 * With n nodes a step's error is O(hⁿ⁺¹).
 */
export function exponentialWeights(h: number, nodes: readonly number[]): number[] {
  const moments = exponentialMoments(h, nodes.length)
  return nodes.map((node, j) => {
    // Coefficients of Lagrange's polynomial, 1 at this node and 0 at the others; the lowest power first.
    let polynomial = [1]
    for (const other of nodes.filter((_, i) => i !== j))
      polynomial = polynomial
        .concat(0)
        .map((coefficient, k) => ((polynomial[k - 1] ?? 0) - other * coefficient) / (node - other))
    return polynomial.reduce((sum, coefficient, k) => sum + coefficient * moments[k]!, 0)
  })
}

/** The times of levels, from level `sigma` on, in units of a step of length h in λ: ln(σ/level)/h, so 0 for `sigma` itself. */
export function nodesOf(levels: readonly number[], sigma: number, h: number): number[] {
  return levels.map((level) => Math.log(sigma / level) / h)
}
