import * as f from '../engine/index.ts'
import { type ParameterSpec, weight, zeros } from './parameter.ts'

/** Angular frequencies of the noise level's features: periods from 8 down to ½ of c_noise, 32 to 2 of ln σ. */
const frequencies = Array.from({ length: 16 }, (_, i) => 2 * Math.PI * 0.125 * 16 ** (i / 15))

/** How many numbers `told` gives: of the noise level, where there are levels, and of the condition. */
export function toldCount(levels: boolean, conditionWidth: number): number {
  return (levels ? 2 * frequencies.length + 1 : 0) + conditionWidth
}

/** What a network is told of a point beside the point: [sin ωc, cos ωc, c, condition] of what there is, c: [B] → [B, count]. */
export function told(noise?: f.Tensor, condition?: f.Tensor): f.Tensor {
  return f.concat([...(noise ? noiseFeatures(noise) : []), ...(condition ? [condition] : [])], { axis: 1 })
}

function noiseFeatures(noise: f.Tensor): f.Tensor[] {
  const rows = noise.shape[0]!
  const column = f.reshape(noise, [rows, 1])
  const omega = f.constant({ shape: [1, frequencies.length], data: frequencies })
  const angles = f.matmul(column, omega)
  return [f.sin(angles), f.cos(angles), column]
}

/** What a network of channels is told beside a point, as one vector: SiLU(features W + condition V + b), [B, width]. */
export interface Embedding {
  readonly parameters: Record<string, ParameterSpec>
  /** Undefined where nothing is told. */
  readonly apply: (
    p: f.Named<f.Tensor>,
    noise: f.Tensor | undefined,
    condition: f.Tensor | undefined,
  ) => f.Tensor | undefined
}

/**
 * The embedding of a noise level, where there are levels, and of a condition of c numbers.
 *
 * V has weights of its own size, c^(−¼): a label, of which one of c numbers is 1, is told no more softly than the noise level, and c
 * numbers of unit size are not much louder.
 */
export function embeddingOf({
  levels,
  conditionWidth,
  width,
}: {
  readonly levels: boolean
  readonly conditionWidth: number
  readonly width: number
}): Embedding {
  const features = toldCount(levels, 0)
  const parameters: Record<string, ParameterSpec> = {}
  if (levels) parameters['embed.weight'] = weight(features, width)
  if (conditionWidth > 0)
    parameters['embed.condition.weight'] = weight(conditionWidth, width, conditionWidth ** 0.25)
  if (levels || conditionWidth > 0) parameters['embed.bias'] = zeros([width])
  return {
    parameters,
    apply: (p, noise, condition) => {
      const products = [
        ...(levels ? [f.matmul(told(noise), p['embed.weight']!)] : []),
        ...(conditionWidth > 0 ? [f.matmul(condition!, p['embed.condition.weight']!)] : []),
      ]
      const [first] = products
      if (!first) return undefined
      return f.withLabel('embedding', () => {
        const sum = products.slice(1).reduce((all, one) => f.add(all, one), first)
        return f.silu(f.add(sum, f.broadcastTo(p['embed.bias']!, sum.shape)))
      })
    },
  }
}

/** x W + b, x: [B, n], W: [n, m], b: [m]. */
export function linear(x: f.Tensor, w: f.Tensor, b: f.Tensor): f.Tensor {
  const product = f.matmul(x, w)
  return f.add(product, f.broadcastTo(b, product.shape))
}
