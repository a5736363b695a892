import { defineOperation, type Operation } from '../operation.ts'
import { sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'
import { writeExpm1 } from './expm1.ts'

/** x where it is positive, else α (eˣ − 1).  dx = g or g α eˣ. */
export const eluOperation: Operation = defineOperation({
  name: 'elu',
  summary: 'x where it is positive, else a multiple of eˣ − 1',
  infer: ([x]) => {
    requireDType('elu', x!, 'float32')
    return x!
  },
  derivative: ({ f, inputs: [x], attributes, cotangent: g }) => {
    const positive = f.greater(x!, 0)
    // e to a large x, not taken but computed all the same, would be ∞ and the next derivative NaN.
    const slope = f.mul(attributes['alpha'] as number, f.exp(f.where(positive, 0, x!)))
    return [f.mul(g, f.where(positive, 1, slope))]
  },
  lower: (c) => {
    // ONNX Runtime's own Elu takes the difference eˣ − 1, and has no correct digit left at −1e-8.
    const negative = writeExpm1(c, c.node('Min', [c.input(0), c.float(0)]))
    return c.node('Add', [
      c.node('Relu', [c.input(0)]),
      c.node('Mul', [negative, c.float(c.attribute('alpha'))]),
    ])
  },
  reference: ([x], attributes) =>
    x!.data.map((value) => (value > 0 ? value : (attributes['alpha'] as number) * Math.expm1(value))),
  flops: (_inputs, output) => 20 * sizeOf(output.shape),
  elementwise: true,
  samples: [
    { inputs: [{ shape: [3, 5] }], attributes: { alpha: 1 } },
    { inputs: [{ shape: [6] }], attributes: { alpha: 0.3 } },
  ],
})

/** x where it is positive, else `alpha` (eˣ − 1), `alpha` 1 unless given.  Clevert, Unterthiner, Hochreiter 2016 */
export function elu(x: Tensor, options: { alpha?: number } = {}): Tensor {
  return intern(eluOperation, [x], { alpha: options.alpha ?? 1 })
}
