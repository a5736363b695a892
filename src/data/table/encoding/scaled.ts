import type { FittedEncoder } from './column-encoder.ts'

/** Between these sizes squares and quotients of numbers stay far from the ends of float64. */
const ordinary = { least: 1e-75, most: 1e75 } as const

/**
 * The power of two that numbers are divided by before they are encoded: 1 for ordinary ones; for a column of 1e160 or 1e-201
 * the one that brings its largest number near 1. A division by a power of two is exact.
 */
export function scaleOf(values: Float64Array): number {
  let largest = 0
  for (const value of values) largest = Math.max(largest, Math.abs(value))
  if (largest === 0 || (largest >= ordinary.least && largest <= ordinary.most)) return 1
  // Below 2^1023, so that the power itself is a number, and its inverse one of full precision.
  return 2 ** Math.min(1020, Math.max(-1020, Math.round(Math.log2(largest))))
}

/** An encoder of values / scale, for values. log |dz/dv| = log |dz/d(v/scale)| − log scale. */
export function scaled(inner: FittedEncoder<'number'>, scale: number): FittedEncoder<'number'> {
  if (scale === 1) return inner
  const logScale = Math.log(scale)
  return {
    ...inner,
    write: (values, codes, noise) =>
      inner.write(
        values.map((value) => value / scale),
        codes,
        noise,
      ),
    encode: (values, noise) =>
      inner.encode(
        values.map((value) => value / scale),
        noise,
      ),
    decode: (encoded, count) => inner.decode(encoded, count).map((value) => value * scale),
    logDerivative: (encoded, count) => inner.logDerivative(encoded, count).map((value) => value - logScale),
  }
}
