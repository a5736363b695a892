import { sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { mul } from './mul.ts'
import { type ReductionOptions, reductionAttributes } from './reduction.ts'
import { sum } from './sum.ts'

/** Mean of x over `axes` (all unless given). Written as a sum times 1/n. */
export function mean(x: Tensor, options?: ReductionOptions): Tensor {
  const { axes } = reductionAttributes('mean', x, options)
  return mul(sum(x, options), 1 / sizeOf(axes.map((axis) => x.shape[axis]!)))
}
