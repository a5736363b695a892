import { defineOperation, type Operation } from '../operation.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'

/** min(max(x, low), high).  dx = g inside [low, high], 0 outside. */
export const clipOperation: Operation = defineOperation({
  name: 'clip',
  summary: 'x held within an interval',
  infer: ([x]) => {
    requireDType('clip', x!, 'float32')
    return x!
  },
  derivative: ({ f, inputs: [x], attributes, cotangent }) => {
    const inside = f.and(
      f.greaterEqual(x!, attributes['low'] as number),
      f.lessEqual(x!, attributes['high'] as number),
    )
    return [f.where(inside, cotangent, 0)]
  },
  lower: (c) => c.node('Clip', [c.input(0), c.float(c.attribute('low')), c.float(c.attribute('high'))]),
  reference: ([x], attributes) =>
    x!.data.map((value) =>
      Math.min(Math.max(value, attributes['low'] as number), attributes['high'] as number),
    ),
  elementwise: true,
  samples: [{ inputs: [{ shape: [3, 5] }], attributes: { low: -1.03, high: 0.77 } }],
})

/** x held within [low, high]. */
export function clip(x: Tensor, interval: { low: number; high: number }): Tensor {
  return intern(clipOperation, [x], { low: interval.low, high: interval.high })
}
