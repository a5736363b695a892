import { defineUnary, type Unary } from './elementwise.ts'

/** erf x = 2/√π ∫₀ˣ e^(−t²) dt.  dx = g 2/√π e^(−x²) */
export const erf: Unary = defineUnary({
  name: 'erf',
  summary: 'error function',
  onnx: 'Erf',
  flops: 12,
  reference: erfFloat64,
  derivative: ({ f, x, g }) => f.mul(g, f.mul(2 / Math.sqrt(Math.PI), f.exp(f.neg(f.mul(x, x))))),
})

/**
 * erf x in double precision: the power series for |x| < 3, else 1 − erfc x by the continued fraction.
 * Abramowitz & Stegun 1964, 7.1.6 and 7.1.14.
 */
export function erfFloat64(x: number): number {
  const size = Math.abs(x)
  if (size > 6) return Math.sign(x)
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI)
  if (size < 3) {
    let term = x
    let total = x
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
      term *= (2 * x * x) / (2 * n + 1)
      total += term
    }
    return 2 * scale * total
  }
  let fraction = size
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction
  return Math.sign(x) * (1 - scale / fraction)
}
