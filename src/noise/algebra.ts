import { ScorefieldError } from '../base/index.ts'

/** A factor: one number for all, or a tensor that multiplies elementwise. */
export type Coefficient<Tensor> = number | Tensor

/**
 * The little arithmetic that converting predictions needs; whoever has it (host arrays, traced tensors) can
 * convert.
 */
export interface Algebra<Tensor> {
  add(a: Tensor, b: Coefficient<Tensor>): Tensor
  sub(a: Tensor, b: Tensor): Tensor
  /** a·factor. */
  scale(a: Tensor, factor: Coefficient<Tensor>): Tensor
  /** a/divisor. */
  divide(a: Tensor, divisor: Coefficient<Tensor>): Tensor
}

/** Elementwise arithmetic of float64 arrays of one length; throws `noise/length` for two lengths. */
export const hostAlgebra: Algebra<Float64Array> = {
  add: (a, b) => elementwise(a, b, (x, y) => x + y),
  sub: (a, b) => elementwise(a, b, (x, y) => x - y),
  scale: (a, factor) => elementwise(a, factor, (x, y) => x * y),
  divide: (a, divisor) => elementwise(a, divisor, (x, y) => x / y),
}

/** Arithmetic of coefficients, in float64 for as long as both are numbers. */
export function scalarAlgebra<Tensor>(array: Algebra<Tensor>): {
  times(a: Coefficient<Tensor>, b: Coefficient<Tensor>): Coefficient<Tensor>
  plus(a: Coefficient<Tensor>, b: Coefficient<Tensor>): Coefficient<Tensor>
  negated(a: Coefficient<Tensor>): Coefficient<Tensor>
} {
  return {
    times(a, b) {
      if (typeof a !== 'number') return array.scale(a, b)
      return typeof b === 'number' ? a * b : array.scale(b, a)
    },
    plus(a, b) {
      if (typeof a !== 'number') return array.add(a, b)
      return typeof b === 'number' ? a + b : array.add(b, a)
    },
    negated: (a) => (typeof a === 'number' ? -a : array.scale(a, -1)),
  }
}

function elementwise(
  a: Float64Array,
  b: Coefficient<Float64Array>,
  of: (x: number, y: number) => number,
): Float64Array {
  if (typeof b === 'number') return a.map((x) => of(x, b))
  if (a.length !== b.length)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'noise/length',
      message: `Arrays of ${a.length} and ${b.length} numbers cannot be combined.`,
      hint: 'Nothing is broadcast: repeat a coefficient for every number of its row.',
    })
  return a.map((x, k) => of(x, b[k]!))
}
