import * as f from '../engine/index.ts'
import { linear, told, toldCount } from './embedding.ts'
import type { BuiltNetwork, Network } from './network.ts'
import { type ParameterSpec, weight, zeros } from './parameter.ts'

/**
 * Residual multilayer perceptron, conditioned on the noise level. A point of any shape is a vector to it.
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
  takes: () => true,
  defaultSize: ({ event, rows }) => {
    const wide = f.sizeOf(event) > 3
    return { width: wide && rows > 1000 ? 256 : 128, blocks: wide ? 4 : 3, embedding: 64 }
  },
  // Wider ones than the default learn few rows by heart, and many no better.
  sizes: (data) => {
    const usual = residualMlp.defaultSize(data)
    return [64, 128, 256].filter((width) => width <= usual['width']!).map((width) => ({ ...usual, width }))
  },
  build: ({ event, outputs = event, conditionWidth = 0, noise: levels = true }, size): BuiltNetwork => {
    const [numbersIn, numbersOut] = [f.sizeOf(event), f.sizeOf(outputs)]
    const width = size['width']!
    const blocks = size['blocks']!
    const embedding = size['embedding']!
    const features = toldCount(levels, conditionWidth)
    const embeds = features > 0
    const parameters: Record<string, ParameterSpec> = {}
    if (embeds) {
      parameters['embed.weight'] = weight(features, embedding)
      parameters['embed.bias'] = zeros([embedding])
    }
    parameters['in.weight'] = weight(numbersIn, width)
    parameters['in.bias'] = zeros([width])
    for (let k = 0; k < blocks; k++) {
      parameters[`block${k}.in.weight`] = weight(width, width)
      if (embeds) parameters[`block${k}.noise.weight`] = weight(embedding, width)
      parameters[`block${k}.in.bias`] = zeros([width])
      parameters[`block${k}.out.weight`] = weight(width, width, 0.1)
    }
    if (embeds) parameters['head.noise.weight'] = weight(embedding, width)
    parameters['head.bias'] = zeros([width])
    parameters['out.weight'] = zeros([width, numbersOut])
    parameters['out.bias'] = zeros([numbersOut])

    return {
      parameters,
      apply: (p, { x, noise, condition }) => {
        const rows = x.shape[0]!
        const vectors = f.reshape(x, [rows, numbersIn])
        const e = embeds
          ? f.withLabel('noise embedding', () =>
              f.silu(linear(told(noise, condition), p['embed.weight']!, p['embed.bias']!)),
            )
          : undefined
        /** e E + a: the embedding enters as a bias of its own for every row. */
        const bias = (noiseName: string, biasName: string, h: f.Tensor): f.Tensor =>
          e ? linear(e, p[noiseName]!, p[biasName]!) : f.broadcastTo(p[biasName]!, h.shape)
        const mixed = (h: f.Tensor, weightName: string, noiseName: string, biasName: string): f.Tensor =>
          f.silu(f.add(f.matmul(h, p[weightName]!), bias(noiseName, biasName, h)))
        let h = f.withLabel('input', () => linear(vectors, p['in.weight']!, p['in.bias']!))
        for (let k = 0; k < blocks; k++)
          h = f.withLabel(`block ${k}`, () => {
            const u = mixed(h, `block${k}.in.weight`, `block${k}.noise.weight`, `block${k}.in.bias`)
            return f.add(f.matmul(u, p[`block${k}.out.weight`]!), h)
          })
        return f.withLabel('output', () => {
          const u = f.silu(f.add(h, bias('head.noise.weight', 'head.bias', h)))
          return f.reshape(linear(u, p['out.weight']!, p['out.bias']!), [rows, ...outputs])
        })
      },
    }
  },
}
