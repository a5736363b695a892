/** Nodes and weights on [−1, 1]: ∫ f ≈ Σ weights[k]·f(nodes[k]). */
export interface QuadratureRule {
  readonly nodes: Float64Array
  readonly weights: Float64Array
}

/**
 * The Gauss–Legendre rule with `count` nodes: exact for polynomials up to degree 2·count − 1.
 * The nodes are the roots of the Legendre polynomial, by Newton's method from Tricomi's estimate.
 */
export function gaussLegendre(count: number): QuadratureRule {
  const nodes = new Float64Array(count)
  const weights = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    let x = -Math.cos((Math.PI * (k + 0.75)) / (count + 0.5))
    let slope = 0
    for (let iteration = 0; iteration < 8; iteration++) {
      const legendre = legendrePolynomial(count, x)
      slope = legendre.slope
      x -= legendre.value / slope
    }
    nodes[k] = x
    weights[k] = 2 / ((1 - x * x) * slope * slope)
  }
  return { nodes, weights }
}

/** P_degree(x) and its derivative, by Bonnet's recurrence; |x| < 1. */
function legendrePolynomial(degree: number, x: number): { value: number; slope: number } {
  let previous = 1
  let value = x
  for (let n = 2; n <= degree; n++) {
    const next = ((2 * n - 1) * x * value - (n - 1) * previous) / n
    previous = value
    value = next
  }
  if (degree === 0) return { value: 1, slope: 0 }
  return { value, slope: (degree * (x * value - previous)) / (x * x - 1) }
}
