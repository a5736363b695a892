/**
 * The Kolmogorov–Smirnov distance of two samples on the line, sup_t |F(t) − G(t)|.
 * a, b: sorted upwards, of any lengths above 0.
 */
export function kolmogorovSmirnovDistance(a: Float64Array, b: Float64Array): number {
  let i = 0
  let j = 0
  let largest = 0
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i] === at) i++
    while (j < b.length && b[j] === at) j++
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length))
  }
  return largest
}

/**
 * ∫₀¹ |F⁻¹(u) − G⁻¹(u)|^power du of two samples on the line, the power-th power of their Wasserstein distance.
 * a, b: sorted upwards, of any lengths above 0. power: 1 or 2.
 */
export function wassersteinPower(a: Float64Array, b: Float64Array, power: 1 | 2): number {
  let i = 0
  let j = 0
  let total = 0
  // Both quantile functions are steps; in units of 1/(n·m), so that where steps meet is exact.
  let done = 0
  while (i < a.length && j < b.length) {
    const endA = (i + 1) * b.length
    const endB = (j + 1) * a.length
    const end = Math.min(endA, endB)
    total += (end - done) * Math.abs(a[i]! - b[j]!) ** power
    done = end
    if (endA === end) i++
    if (endB === end) j++
  }
  return total / (a.length * b.length)
}
