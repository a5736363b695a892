import type { Operation } from '../operation.ts'
import type { Tensor } from '../tensor.ts'
import { defineExtremum } from './extremum.ts'
import type { ReductionOptions } from './reduction.ts'

const extremum = defineExtremum({
  name: 'minOver',
  summary: 'smallest element over axes',
  onnx: 'ReduceMin',
  pick: Math.min,
})

export const minOverOperation: Operation = extremum.operation

/** The smallest element of x over `axes` (all unless given). Ties share the derivative evenly. */
export function minOver(x: Tensor, options?: ReductionOptions): Tensor {
  return extremum.apply(x, options)
}
