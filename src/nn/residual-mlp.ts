import * as f from '../engine/index.ts'
import { type BuiltNetwork, type Network, type ParameterSpec, weight, zeros } from './network.ts'

/** Angular frequencies of the noise level's features: periods from 8 down to ½ of c_noise, 32 to 2 of ln σ. */
const frequencies = Array.from({ length: 16 }, (_, i) => 2 * Math.PI * 0.125 * 16 ** (i / 15))

/**
 * Residual multilayer perceptron for vectors, conditioned on the noise level.
 *
 * e = SiLU([sin ωc, cos ωc, c, condition] Wₑ + bₑ), h = x W_in + b_in;
 * in each block u = SiLU(h A + e E + a), h ← h + u C;  F = SiLU(h + e E′ + b) W_out.
 * W_out starts at zero, so the untrained network is the zero function; C starts small, so the blocks nearly the identity.
 * He et al. 2016 (residual blocks); Vaswani et al. 2017 (sinusoidal features).
 */
export const residualMlp: Network = {
  name: 'residual-mlp',
  summary: 'residual multilayer perceptron with noise-level embedding, for vectors',
  source: 'He, Zhang, Ren, Sun 2016',
  defaultSize: ({ dimension, rows }) => ({
    width: dimension > 3 && rows > 1000 ? 256 : 128,
    blocks: dimension > 3 ? 4 : 3,
    embedding: 64,
  }),
  build: ({ dimension, outputs = dimension, conditionWidth }, size): BuiltNetwork => {
    const width = size['width']!
    const blocks = size['blocks']!
    const embedding = size['embedding']!
    const features = 2 * frequencies.length + 1 + conditionWidth
    const parameters: Record<string, ParameterSpec> = {
      'embed.weight': weight(features, embedding),
      'embed.bias': zeros([embedding]),
      'in.weight': weight(dimension, width),
      'in.bias': zeros([width]),
    }
    for (let k = 0; k < blocks; k++) {
      parameters[`block${k}.in.weight`] = weight(width, width)
      parameters[`block${k}.noise.weight`] = weight(embedding, width)
      parameters[`block${k}.in.bias`] = zeros([width])
      parameters[`block${k}.out.weight`] = weight(width, width, 0.1)
    }
    parameters['head.noise.weight'] = weight(embedding, width)
    parameters['head.bias'] = zeros([width])
    parameters['out.weight'] = zeros([width, outputs])
    parameters['out.bias'] = zeros([outputs])

    return {
      parameters,
      apply: (p, { x, noise, condition }) => {
        const e = f.withLabel('noise embedding', () =>
          f.silu(linear(noiseFeatures(noise, condition), p['embed.weight']!, p['embed.bias']!)),
        )
        /** SiLU(h A + e E + a): the embedding enters as a bias of its own for every row. */
        const mixed = (h: f.Tensor, weightName: string, noiseName: string, bias: string): f.Tensor =>
          f.silu(f.add(f.matmul(h, p[weightName]!), linear(e, p[noiseName]!, p[bias]!)))
        let h = f.withLabel('input', () => linear(x, p['in.weight']!, p['in.bias']!))
        for (let k = 0; k < blocks; k++)
          h = f.withLabel(`block ${k}`, () => {
            const u = mixed(h, `block${k}.in.weight`, `block${k}.noise.weight`, `block${k}.in.bias`)
            return f.add(f.matmul(u, p[`block${k}.out.weight`]!), h)
          })
        return f.withLabel('output', () => {
          const u = f.silu(f.add(h, linear(e, p['head.noise.weight']!, p['head.bias']!)))
          return linear(u, p['out.weight']!, p['out.bias']!)
        })
      },
    }
  },
}

/** x W + b, x: [B, n], W: [n, m], b: [m]. */
function linear(x: f.Tensor, w: f.Tensor, b: f.Tensor): f.Tensor {
  const product = f.matmul(x, w)
  return f.add(product, f.broadcastTo(b, product.shape))
}

/** [sin ωc, cos ωc, c, condition], c: [B] → [B, 2·16 + 1 + conditionWidth]. */
function noiseFeatures(noise: f.Tensor, condition?: f.Tensor): f.Tensor {
  const rows = noise.shape[0]!
  const column = f.reshape(noise, [rows, 1])
  const omega = f.constant({ shape: [1, frequencies.length], data: frequencies })
  const angles = f.matmul(column, omega)
  return f.concat([f.sin(angles), f.cos(angles), column, ...(condition ? [condition] : [])], { axis: 1 })
}
