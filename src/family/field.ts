import * as f from '../engine/index.ts'
import { networkOf } from '../nn/index.ts'
import type { SizeFacts } from './family.ts'
import type { ModelSize } from './model.ts'

/** Points of any shape, [B, ...event], as vectors, [B, d]. */
export function asVectors(x: f.Tensor): f.Tensor {
  const rows = x.shape[0]!
  return f.reshape(x, [rows, f.sizeOf(x.shape) / rows])
}

/** Sizes of a network that takes no noise level: the network's own, without its embedding's. */
export function fieldSize(facts: SizeFacts): ModelSize {
  const { embedding: _, ...size } = networkOf(facts.network).defaultSize(facts)
  return size
}
