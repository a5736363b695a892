import type { Operation } from '../operation.ts'
import type { Tensor } from '../tensor.ts'
import { defineExtremum } from './extremum.ts'
import type { ReductionOptions } from './reduction.ts'

const extremum = defineExtremum({
  name: 'maxOver',
  summary: 'largest element over axes',
  onnx: 'ReduceMax',
  pick: Math.max,
})

export const maxOverOperation: Operation = extremum.operation

/** The largest element of x over `axes` (all unless given). Ties share the derivative evenly. */
export function maxOver(x: Tensor, options?: ReductionOptions): Tensor {
  return extremum.apply(x, options)
}
