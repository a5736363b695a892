import type { Operation } from '../operation.ts'
import { convOperation } from '../ops/conv.ts'
import { convFilterOperation } from '../ops/conv-filter.ts'
import { convTransposeOperation } from '../ops/conv-transpose.ts'
import type { ConvolutionAttributes } from '../ops/convolution.ts'
import * as f from '../ops/index.ts'
import type { Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { stretchedOver, type Value } from './value.ts'

type Lifted = (tensor: Tensor, inputs: readonly Value[], directions: number) => Tensor

/**
 * k convolutions at once. Where one filter serves all directions they are so many more examples; where each has a
 * filter of its own they are so many more groups of channels.
 */
export const liftedConvolutions: ReadonlyMap<Operation, Lifted> = new Map([
  [convOperation, moved((x, w, settings) => f.conv(x, w, settings))],
  [
    convTransposeOperation,
    moved((x, w, settings, { size }) => f.convTranspose(x, w, { ...settings, size: size as Shape })),
  ],
  [
    convFilterOperation,
    (tensor: Tensor, [x, g]: readonly Value[], k: number) => {
      const kernel = tensor.attributes['kernel'] as Shape
      const made = f.convFilter(channels(x!, k), channels(g!, k), { ...inGroups(tensor, k), kernel })
      return f.reshape(made, [k, ...tensor.shape])
    },
  ],
])

function moved(
  apply: (x: Tensor, w: Tensor, settings: ConvolutionAttributes, attributes: Tensor['attributes']) => Tensor,
): Lifted {
  return (tensor, [x, w], k) => {
    const { attributes, shape } = tensor
    if (!w!.lifted) {
      const [, batch, ...rest] = x!.tensor.shape as [number, number, ...number[]]
      const examples = f.reshape(x!.tensor, [k * batch, ...rest])
      return f.reshape(apply(examples, w!.tensor, attributes as ConvolutionAttributes, attributes), [
        k,
        ...shape,
      ])
    }
    const [, filters, ...rest] = w!.tensor.shape as [number, number, ...number[]]
    const own = f.reshape(w!.tensor, [k * filters, ...rest])
    const made = apply(channels(x!, k), own, inGroups(tensor, k), attributes)
    const [batch, ...inner] = shape as [number, ...number[]]
    return swapLeading(f.reshape(made, [batch, k, ...inner]))
  }
}

/** [k, B, C, …] as [B, k C, …]: each direction has channels of its own. */
function channels(value: Value, k: number): Tensor {
  const all = stretchedOver(value, k)
  const [, batch, depth, ...rest] = all.shape as [number, number, number, ...number[]]
  return f.reshape(swapLeading(all), [batch, k * depth, ...rest])
}

function inGroups({ attributes }: Tensor, k: number): ConvolutionAttributes {
  const settings = attributes as ConvolutionAttributes
  return { ...settings, groups: k * settings.groups }
}

function swapLeading(x: Tensor): Tensor {
  return f.transpose(x, [1, 0, ...x.shape.map((_, axis) => axis).slice(2)])
}
