/** Quantile function of the standard normal. Acklam 2003, relative error below 1.2e-9. */
export function normalQuantile(p: number): number {
  const tail = (q: number): number => {
    const c = [
      -7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
      2.938163982698783,
    ]
    const d = [7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416]
    return horner(c, q) / (horner(d, q) * q + 1)
  }
  if (p <= 0) return Number.NEGATIVE_INFINITY
  if (p >= 1) return Number.POSITIVE_INFINITY
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)))
  if (p > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - p)))
  const q = p - 0.5
  const r = q * q
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
    2.506628277459239,
  ]
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572]
  return (horner(a, r) * q) / (horner(b, r) * r + 1)
}

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((total, coefficient) => total * x + coefficient, 0)
}
