import { defineOperation, type Operation } from '../operation.ts'
import { sameShape, shapeError } from '../shape.ts'
import { showType, type Tensor } from '../tensor.ts'
import { uniformValue } from './broadcast-to.ts'
import { make } from './constant.ts'
import { asTensors, type Operand } from './elementwise.ts'

/** x where the condition holds, else y.  dx = g where it holds, else 0; dy the other way round. */
export const whereOperation: Operation = defineOperation({
  name: 'where',
  summary: 'x where the condition holds, else y',
  infer: ([condition, x, y]) => {
    if (
      condition!.dtype !== 'bool' ||
      x!.dtype !== y!.dtype ||
      ![x!, y!].every((t) => sameShape(t.shape, condition!.shape))
    )
      throw shapeError(
        `where: ${showType(condition!)} cannot choose between ${showType(x!)} and ${showType(y!)}.`,
        'The condition must be bool and all three of one shape.',
      )
    return x!
  },
  derivative: ({ f, inputs: [condition, x], cotangent }) => {
    if (x!.dtype !== 'float32') return [null, null, null]
    const zero = f.mul(cotangent, 0)
    return [null, f.where(condition!, cotangent, zero), f.where(condition!, zero, cotangent)]
  },
  lower: (c) => c.node('Where', c.stretchedOperands()),
  reference: ([condition, x, y]) => x!.data.map((value, i) => (condition!.data[i] ? value : y!.data[i]!)),
  stretches: true,
  samples: [
    { inputs: [{ shape: [3, 4], dtype: 'bool', range: [0, 1] }, { shape: [3, 4] }, { shape: [3, 4] }] },
  ],
})

/**
 * x where `condition` holds, else y; a number stands for a tensor filled with it.
 *
 * Both branches are computed, and differentiated, everywhere: where(x > 0, log(x), 0) has the derivative 0 · 1/x at 0,
 * which is NaN. Make the branch itself safe: log(where(x > 0, x, 1)) inside the outer where.
 */
export function where(condition: Tensor, x: Operand, y: Operand): Tensor {
  const [left, right] = asTensors('where', x, y)
  whereOperation.infer([condition, left, right], {})
  const known = uniformValue(condition)
  if (known !== undefined) return known ? left : right
  return left === right ? left : make(whereOperation, [condition, left, right], {})
}
