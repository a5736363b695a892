import { defineOperation, type Operation } from '../operation.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'

/** x where it is positive, else slope · x.  dx = g or slope · g. */
export const leakyReluOperation: Operation = defineOperation({
  name: 'leakyRelu',
  summary: 'x where it is positive, else a fraction of x',
  infer: ([x]) => {
    requireDType('leakyRelu', x!, 'float32')
    return x!
  },
  derivative: ({ f, inputs: [x], attributes, cotangent: g }) => [
    f.where(f.greater(x!, 0), g, f.mul(g, attributes['slope'] as number)),
  ],
  lower: (c) => c.node('LeakyRelu', [c.input(0)], { alpha: { float: c.attribute('slope') } }),
  reference: ([x], attributes) =>
    x!.data.map((value) => (value > 0 ? value : (attributes['slope'] as number) * value)),
  elementwise: true,
  samples: [
    { inputs: [{ shape: [3, 5] }], attributes: { slope: 0.01 } },
    { inputs: [{ shape: [6] }], attributes: { slope: 0.2 } },
  ],
})

/** x where it is positive, else `slope` · x (0.01 unless given).  Maas, Hannun, Ng 2013 */
export function leakyRelu(x: Tensor, options: { slope?: number } = {}): Tensor {
  return intern(leakyReluOperation, [x], { slope: options.slope ?? 0.01 })
}
