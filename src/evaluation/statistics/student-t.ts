import { gaussLegendre, logGamma } from '../../density/index.ts'

const rule = gaussLegendre(64)

/**
 * The quantile of Student's t distribution: P(T ≤ t) = probability; error ≤ 1e-9.
 * With t = √ν tan θ the distribution function is ½ + c ∫₀^θ cos^{ν−1}u du, c = Γ((ν+1)/2)/(√π Γ(ν/2)), solved by bisection.
 * probability: in [10⁻⁹, 1 − 10⁻⁹]. degreesOfFreedom: ν ≥ 1.
 */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  if (probability < 0.5) return -studentTQuantile(1 - probability, degreesOfFreedom)
  const nu = degreesOfFreedom
  const c = Math.exp(logGamma((nu + 1) / 2) - logGamma(nu / 2)) / Math.sqrt(Math.PI)
  const aboveHalf = (theta: number): number => {
    let sum = 0
    for (let k = 0; k < rule.nodes.length; k++)
      sum += rule.weights[k]! * Math.cos((theta / 2) * (1 + rule.nodes[k]!)) ** (nu - 1)
    return (c * theta * sum) / 2
  }
  let low = 0
  // Beyond ten standard deviations there is nothing, and the rule would be spread too thin.
  let high = Math.min(Math.PI / 2, 10 / Math.sqrt(nu))
  for (let iteration = 0; iteration < 60; iteration++) {
    const middle = (low + high) / 2
    if (aboveHalf(middle) < probability - 0.5) low = middle
    else high = middle
  }
  return Math.sqrt(nu) * Math.tan((low + high) / 2)
}
