import * as f from '../engine/index.ts'
import { linear } from './embedding.ts'
import { filter, type ParameterSpec, weight, zeros } from './parameter.ts'
import { perChannel } from './places.ts'

/** What a residual block of channels over places is made for. */
export interface BlockShape {
  readonly from: number
  readonly to: number
  /** Axes of places. */
  readonly axes: number
  /** Width of what the block is told beside the channels; 0 for nothing. */
  readonly embedding: number
}

/** A way to make residual blocks of two convolutions with a window of 3. */
export interface BlockKind {
  readonly parameters: (shape: BlockShape) => Record<string, ParameterSpec>
  /** x: [B, from, ...s], told: [B, embedding] → [B, to, ...s]. */
  readonly apply: (p: f.Named<f.Tensor>, x: f.Tensor, told: f.Tensor | undefined) => f.Tensor
  /** What a last linear map is given, of what the blocks leave. */
  readonly last: (x: f.Tensor) => f.Tensor
  /** A first or a skipping filter as it is used. */
  readonly used: (filter: f.Tensor) => f.Tensor
}

const window = (axes: number): number[] => new Array<number>(axes).fill(3)
const one = (axes: number): number[] => new Array<number>(axes).fill(1)

/** Group norm of 16 channels a group, of one group where 16 do not divide the channels; without scale and shift. */
export function normalised(x: f.Tensor): f.Tensor {
  const channels = x.shape[1]!
  return f.groupNorm(x, { groups: channels % 16 === 0 ? channels / 16 : 1 })
}

function skipFilter({ from, to, axes }: BlockShape): Record<string, ParameterSpec> {
  return from === to ? {} : { 'skip.filter': filter(to, from, one(axes)) }
}

/**
 * u = conv(SiLU(norm(x))), u ← norm(u) (1 + e A) + e B + b, y = x + conv(SiLU(u)); where the channels change, x goes through a filter
 * of one place. The second convolution starts small, so the block nearly as the identity.
 * He et al. 2016; Wu & He 2018 (group norm); Dhariwal & Nichol 2021 (scale and shift of what is told).
 */
export const normalisedBlock: BlockKind = {
  parameters: (shape) => {
    const { from, to, axes, embedding } = shape
    return {
      'first.filter': filter(to, from, window(axes)),
      ...(embedding > 0
        ? {
            'told.scale': weight(embedding, to, 0.3),
            'told.shift': weight(embedding, to, 0.3),
          }
        : {}),
      'shift.bias': zeros([to]),
      'second.filter': filter(to, to, window(axes), 0.1),
      ...skipFilter(shape),
    }
  },
  apply: (p, x, told) => {
    const first = normalised(f.conv(f.silu(normalised(x)), p['first.filter']!))
    const rows = x.shape[0]!
    const bias = p['shift.bias']!
    const shift = told ? linear(told, p['told.shift']!, bias) : f.broadcastTo(bias, [rows, bias.shape[0]!])
    const scaled = told ? f.mul(first, perChannel(f.add(f.matmul(told, p['told.scale']!), 1), first)) : first
    const second = f.conv(f.silu(f.add(scaled, perChannel(shift, scaled))), p['second.filter']!)
    const skip = p['skip.filter']
    return f.add(skip ? f.conv(x, skip) : x, second)
  },
  last: (x) => f.silu(normalised(x)),
  used: (given) => given,
}

/** √E[SiLU(z)²], z standard normal. */
const siluSize = 0.596

/** t: how much of a block's sum is its branch. */
const branch = 0.3

/**
 * The same without norms: every filter has unit length for each output channel, and sums and activations are divided by the size
 * that they would add, so that unit size stays unit size.
 *
 * u = conv(SiLU(x)/0.596), u ← u (1 + e A), y = ((1 − t) x + t conv(SiLU(u)/0.596)) / √((1 − t)² + t²), t = 0.3.
 * Karras, Aittala, Lehtinen, Hellsten, Aila, Laine 2024 (magnitude-preserving layers).
 */
export const magnitudePreservingBlock: BlockKind = {
  parameters: (shape) => {
    const { from, to, axes, embedding } = shape
    return {
      'first.filter': filter(to, from, window(axes)),
      ...(embedding > 0 ? { 'told.scale': weight(embedding, to, 0.3) } : {}),
      'second.filter': filter(to, to, window(axes)),
      ...skipFilter(shape),
    }
  },
  apply: (p, x, told) => {
    const length = Math.hypot(1 - branch, branch)
    // What the activation loses goes into the filters: numbers of a filter are few.
    const first = f.conv(f.silu(x), f.mul(unitLength(p['first.filter']!), 1 / siluSize))
    const scaled = told ? f.mul(first, perChannel(f.add(f.matmul(told, p['told.scale']!), 1), first)) : first
    const second = f.conv(f.silu(scaled), f.mul(unitLength(p['second.filter']!), branch / length / siluSize))
    const skip = p['skip.filter']
    const kept = skip
      ? f.conv(x, f.mul(unitLength(skip), (1 - branch) / length))
      : f.mul(x, (1 - branch) / length)
    return f.add(kept, second)
  },
  last: (x) => f.mul(f.silu(x), 1 / siluSize),
  used: (given) => unitLength(given),
}

/** The filter of each output channel divided by its length. */
function unitLength(given: f.Tensor): f.Tensor {
  const axes = given.shape.slice(1).map((_, axis) => axis + 1)
  const length = f.sqrt(f.add(f.sum(f.square(given), { axes, keepDims: true }), 1e-8))
  return f.div(given, f.broadcastTo(length, given.shape))
}
