import type { Tensor } from '../tensor.ts'
import { broadcastTo } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { equal } from './equal.ts'
import { expandDims } from './reshape.ts'

/** Which of `count` classes each label is: labels int32 [B…] to bool [B…, count]; a label outside them is none. */
export function oneHot(labels: Tensor, count: number): Tensor {
  const classes = constant(
    { shape: [count], data: Array.from({ length: count }, (_, k) => k) },
    { dtype: 'int32' },
  )
  const shape = [...labels.shape, count]
  return equal(broadcastTo(expandDims(labels, -1), shape), broadcastTo(classes, shape))
}
