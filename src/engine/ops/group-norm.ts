import { shapeError, showShape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { layerNorm } from './layer-norm.ts'
import { reshape } from './reshape.ts'

/**
 * (x − μ)/√(v + ε) with μ and v the mean and the variance (divided by n) of each group of channels over all places, for
 * each example; without scale and shift. x: [B, C, ...], `groups` of C/groups neighbouring channels; ε = 1e-5 unless
 * given, above 0. Wu, He 2018. Shape of x.
 *
 * One group is layer normalisation over a whole picture, as many as channels instance normalisation.
 * @throws where the groups do not divide the channels.
 */
export function groupNorm(
  x: Tensor,
  options: { readonly groups: number; readonly epsilon?: number },
): Tensor {
  const { groups, epsilon = 1e-5 } = options
  const [batch, channels, ...extents] = x.shape as [number, number, ...number[]]
  if (x.shape.length < 2 || !Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
    throw shapeError(
      `groupNorm: ${groups} groups do not divide the channels of ${showShape(x.shape)}.`,
      'Channels are the second axis; each group has as many.',
    )
  const rows = reshape(x, [batch * groups, (channels / groups) * sizeOf(extents)])
  return reshape(layerNorm(rows, { epsilon }), x.shape)
}
