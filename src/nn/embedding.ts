import * as f from '../engine/index.ts'

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

/** x W + b, x: [B, n], W: [n, m], b: [m]. */
export function linear(x: f.Tensor, w: f.Tensor, b: f.Tensor): f.Tensor {
  const product = f.matmul(x, w)
  return f.add(product, f.broadcastTo(b, product.shape))
}
