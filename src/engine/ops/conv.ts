import { defineOperation, type Operation } from '../operation.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'
import {
  type ConvolutionAttributes,
  type ConvolutionOptions,
  convolutionAttributes,
  convolutionFlops,
  moved,
  onnxAttributes,
  placesOf,
  requireFit,
  spatialOf,
  summed,
  zerosOf,
} from './convolution.ts'

/**
 * y[n, o, p] = Σ_{i, k} w[o, i, k] x[n, i, stride·p + dilation·k − before], zeros around x.
 * dx = the transposed convolution of g;  dw = the correlation of x and g over all places.
 */
export const convOperation: Operation = defineOperation({
  name: 'conv',
  summary: 'a filter moved over series, pictures or volumes',
  infer: ([x, w], attributes) => {
    const places = placesOf(spatialOf('conv', x!), spatialOf('conv', w!), attributes as ConvolutionAttributes)
    const shape = [x!.shape[0]!, w!.shape[0]!, ...places]
    requireFit('conv', x!.shape, w!.shape, shape, attributes as ConvolutionAttributes)
    return { shape, dtype: 'float32' }
  },
  derivative: ({ f, inputs: [x, w], attributes, cotangent: g }) => {
    const options = attributes as ConvolutionAttributes
    return [
      f.convTranspose(g, w!, { ...options, size: x!.shape.slice(2) }),
      f.convFilter(x!, g, { ...options, kernel: w!.shape.slice(2) }),
    ]
  },
  lower: (c) => {
    const kernel = c.tensor.inputs[1]!.shape.slice(2)
    return c.node('Conv', c.inputs(), onnxAttributes(kernel, c.tensor.attributes as ConvolutionAttributes))
  },
  reference: ([x, w], attributes, output) =>
    summed({ x: x!.shape, w: w!.shape, g: output.shape }, 'g', [x!, w!], attributes),
  flops: ([, w], output) => convolutionFlops(w!.shape, output.shape),
  samples: [
    {
      inputs: [{ shape: [2, 3, 4, 5] }, { shape: [2, 3, 3, 3] }],
      attributes: moved({
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
    },
    {
      inputs: [{ shape: [2, 4, 7] }, { shape: [6, 2, 3] }],
      attributes: moved({ stride: [2], dilation: [2], groups: 2, padding: [[0, 2]] }),
    },
    {
      inputs: [{ shape: [1, 2, 3, 4, 3] }, { shape: [2, 2, 2, 3, 1] }],
      attributes: moved({
        stride: [1, 2, 1],
        padding: [
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      }),
    },
  ],
})

/**
 * x [B, C, ...n] under a filter w [O, C/groups, ...k], with one to three spatial axes: [B, O, ...places].
 *
 * y[b, o, p] = Σ_{i, k} w[o, i, k] x[b, i, stride·p + dilation·k − before]: a cross-correlation, as all libraries of
 * neural networks call a convolution (LeCun et al. 1989). Stride and dilation are 1, groups 1, padding `same` unless
 * given.
 * @throws where the shapes do not fit together.
 */
export function conv(x: Tensor, w: Tensor, options: ConvolutionOptions = {}): Tensor {
  const attributes = convolutionAttributes('conv', options, spatialOf('conv', x), spatialOf('conv', w))
  const { shape } = convOperation.infer([x, w], attributes)
  return zerosOf([x, w], shape) ?? make(convOperation, [x, w], attributes)
}
