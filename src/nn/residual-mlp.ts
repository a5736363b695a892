import * as f from '../engine/index.ts'
import type { BuiltNetwork, Network } from './network.ts'
import { type ParameterSpec, weight, zeros } from './parameter.ts'

/** Angular frequencies of the noise level's features: periods from 8 down to ½ of c_noise, 32 to 2 of ln σ. */
const frequencies = Array.from({ length: 16 }, (_, i) => 2 * Math.PI * 0.125 * 16 ** (i / 15))

/**
 * Residual multilayer perceptron for vectors, conditioned on the noise level.
 *
 * e = SiLU([sin ωc, cos ωc, c, condition] Wₑ + bₑ), of those that there are; h = x W_in + b_in;
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
  build: (
    { dimension, outputs = dimension, conditionWidth = 0, noise: levels = true },
    size,
  ): BuiltNetwork => {
    const width = size['width']!
    const blocks = size['blocks']!
    const embedding = size['embedding']!
    const features = (levels ? 2 * frequencies.length + 1 : 0) + conditionWidth
    const embeds = features > 0
    const parameters: Record<string, ParameterSpec> = {}
    if (embeds) {
      parameters['embed.weight'] = weight(features, embedding)
      parameters['embed.bias'] = zeros([embedding])
    }
    parameters['in.weight'] = weight(dimension, width)
    parameters['in.bias'] = zeros([width])
    for (let k = 0; k < blocks; k++) {
      parameters[`block${k}.in.weight`] = weight(width, width)
      if (embeds) parameters[`block${k}.noise.weight`] = weight(embedding, width)
      parameters[`block${k}.in.bias`] = zeros([width])
      parameters[`block${k}.out.weight`] = weight(width, width, 0.1)
    }
    if (embeds) parameters['head.noise.weight'] = weight(embedding, width)
    parameters['head.bias'] = zeros([width])
    parameters['out.weight'] = zeros([width, outputs])
    parameters['out.bias'] = zeros([outputs])

    return {
      parameters,
      apply: (p, { x, noise, condition }) => {
        const e = embeds
          ? f.withLabel('noise embedding', () =>
              f.silu(linear(embedded(noise, condition), p['embed.weight']!, p['embed.bias']!)),
            )
          : undefined
        /** e E + a: the embedding enters as a bias of its own for every row. */
        const bias = (noiseName: string, biasName: string, h: f.Tensor): f.Tensor =>
          e ? linear(e, p[noiseName]!, p[biasName]!) : f.broadcastTo(p[biasName]!, h.shape)
        const mixed = (h: f.Tensor, weightName: string, noiseName: string, biasName: string): f.Tensor =>
          f.silu(f.add(f.matmul(h, p[weightName]!), bias(noiseName, biasName, h)))
        let h = f.withLabel('input', () => linear(x, p['in.weight']!, p['in.bias']!))
        for (let k = 0; k < blocks; k++)
          h = f.withLabel(`block ${k}`, () => {
            const u = mixed(h, `block${k}.in.weight`, `block${k}.noise.weight`, `block${k}.in.bias`)
            return f.add(f.matmul(u, p[`block${k}.out.weight`]!), h)
          })
        return f.withLabel('output', () => {
          const u = f.silu(f.add(h, bias('head.noise.weight', 'head.bias', h)))
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

/** [sin ωc, cos ωc, c, condition] of what there is, c: [B] → [B, features]. */
function embedded(noise?: f.Tensor, condition?: f.Tensor): f.Tensor {
  const parts = condition ? [condition] : []
  return f.concat([...(noise ? noiseFeatures(noise) : []), ...parts], { axis: 1 })
}

function noiseFeatures(noise: f.Tensor): f.Tensor[] {
  const rows = noise.shape[0]!
  const column = f.reshape(noise, [rows, 1])
  const omega = f.constant({ shape: [1, frequencies.length], data: frequencies })
  const angles = f.matmul(column, omega)
  return [f.sin(angles), f.cos(angles), column]
}
