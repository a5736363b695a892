import * as f from '../engine/index.ts'
import { headsOf, selfAttention } from './attention.ts'
import { embeddingOf, linear } from './embedding.ts'
import type { BuiltNetwork, Network } from './network.ts'
import { type ParameterSpec, weight, zeros } from './parameter.ts'
import {
  asTokens,
  cropped,
  fromTokens,
  grownTo,
  hasPlaces,
  patched,
  patchFor,
  roundedUp,
  unpatched,
} from './places.ts'

/** Tokens of a point. */
const mostTokens = 64

/** Parts of a block's modulation: scale, shift and gate of the attention, and of the perceptron. */
const parts = 6

/**
 * Diffusion transformer: patches of a picture are tokens that all see each other, and what the network is told of the point scales,
 * shifts and gates each layer.
 *
 * e = SiLU([sin ωc, cos ωc, c] Wₑ + condition Vₑ + bₑ); h = patches W_in + positions; in each block, with a, b, g, a′, b′, g′ = e M + m:
 * h ← h + g · attention(norm(h)(1 + a) + b) W_o,  h ← h + g′ · SiLU((norm(h)(1 + a′) + b′) W₁) W₂;  F = (norm(h)(1 + a) + b) W_out.
 * M and m start at zero, so that every block starts as the identity; W_out does, so the untrained network is the zero function.
 * Sides that patches do not divide grow by zeros, and are cropped at the end. A vector that comes out, such as an energy, is a linear
 * map of the mean over the tokens.
 *
 * Sizes: `patch` places a side of a token; `width` of a token; `blocks`; `expansion`, hidden units of the perceptron for each of the
 * width. Heads have 64 numbers each.
 * Peebles & Xie 2023; Vaswani et al. 2017.
 */
export const transformer: Network = {
  name: 'transformer',
  summary:
    'attention between patches, each layer modulated by the noise level, for pictures, series and films',
  source: 'Peebles & Xie 2023',
  takes: hasPlaces,
  defaultSize: ({ event, rows }) => {
    // Attention grows with the square of the tokens, and a single place says too little to be one.
    const patch = Math.max(2, patchFor(event.slice(1), mostTokens))
    return { patch, width: rows > 1000 ? 192 : 128, blocks: 6, expansion: 4 }
  },
  sizes: (data) => [64, 128, 192, 256, 384].map((width) => ({ ...transformer.defaultSize(data), width })),
  build: ({ event, outputs = event, conditionWidth = 0, noise: levelled = true }, size): BuiltNetwork => {
    const { patch, width, blocks, expansion } = size as Record<string, number> &
      Record<'patch' | 'width' | 'blocks' | 'expansion', number>
    const [channels, ...sides] = event as [number, ...number[]]
    const grown = roundedUp(sides, patch)
    const grid = grown.map((side) => side / patch)
    const tokens = f.sizeOf(grid)
    const inPatch = patch ** sides.length
    const heads = headsOf(width)
    const embed = embeddingOf({ levels: levelled, conditionWidth, width })
    const isTold = levelled || conditionWidth > 0
    const givesVector = outputs.length === 1
    const numbersOut = givesVector ? outputs[0]! : outputs[0]! * inPatch

    const parameters: Record<string, ParameterSpec> = { ...embed.parameters }
    parameters['in.weight'] = weight(channels * inPatch, width)
    parameters['in.positions'] = {
      ...{ shape: [tokens, width], dtype: 'float32', decays: false },
      start: { of: 'normal', std: 0.5 },
    }
    for (let k = 0; k < blocks; k++) {
      if (isTold) parameters[`block${k}.told.weight`] = zeros([width, parts * width])
      parameters[`block${k}.told.bias`] = zeros([parts * width])
      parameters[`block${k}.attention.in.weight`] = weight(width, 3 * width)
      parameters[`block${k}.attention.out.weight`] = weight(width, width)
      parameters[`block${k}.in.weight`] = weight(width, expansion * width)
      parameters[`block${k}.out.weight`] = weight(expansion * width, width)
    }
    if (isTold) parameters['out.told.weight'] = zeros([width, 2 * width])
    parameters['out.told.bias'] = zeros([2 * width])
    parameters['out.weight'] = zeros([width, numbersOut])
    parameters['out.bias'] = zeros([numbersOut])

    return {
      parameters,
      apply: (p, { x, noise, condition }) => {
        const rows = x.shape[0]!
        const all = rows * tokens
        const e = embed.apply(p, noise, condition)
        /** The modulation of a layer, part by part, stretched over the tokens: [B T, width]. */
        const modulation = (name: string, count: number): ((part: number) => f.Tensor) => {
          const bias = p[`${name}.bias`]!
          const modulated = e
            ? linear(e, p[`${name}.weight`]!, bias)
            : f.broadcastTo(bias, [rows, count * width])
          return (part) => {
            const own = f.slice(modulated, { axis: 1, start: part * width, end: (part + 1) * width })
            const stretched = f.broadcastTo(f.reshape(own, [rows, 1, width]), [rows, tokens, width])
            return f.reshape(stretched, [all, width])
          }
        }
        const normed = (h: f.Tensor, scale: f.Tensor, shift: f.Tensor): f.Tensor =>
          f.add(f.mul(f.layerNorm(h), f.add(scale, 1)), shift)
        let h = f.withLabel('input', () => {
          const line = f.matmul(asTokens(patched(grownTo(x, grown), patch)), p['in.weight']!)
          const positions = f.broadcastTo(p['in.positions']!, [rows, tokens, width])
          return f.add(line, f.reshape(positions, [all, width]))
        })
        for (let k = 0; k < blocks; k++)
          h = f.withLabel(`block ${k}`, () => {
            const own = (name: string): f.Tensor => p[`block${k}.${name}`]!
            const m = modulation(`block${k}.told`, parts)
            const seen = normed(h, m(0), m(1))
            const mixed = selfAttention(seen, own('attention.in.weight'), { rows, heads })
            const attended = f.add(h, f.mul(m(2), f.matmul(mixed, own('attention.out.weight'))))
            const hidden = f.silu(f.matmul(normed(attended, m(3), m(4)), own('in.weight')))
            return f.add(attended, f.mul(m(5), f.matmul(hidden, own('out.weight'))))
          })
        return f.withLabel('output', () => {
          const m = modulation('out.told', 2)
          const last = normed(h, m(0), m(1))
          if (!givesVector) {
            const made = linear(last, p['out.weight']!, p['out.bias']!)
            return cropped(unpatched(fromTokens(made, rows, grid), patch), sides)
          }
          const mean = f.mean(f.reshape(last, [rows, tokens, width]), { axes: [1] })
          return linear(mean, p['out.weight']!, p['out.bias']!)
        })
      },
    }
  },
}
