import * as f from '../../engine/index.ts'
import { type Network, type NetworkSize, zeros } from '../../nn/index.ts'
import type { Bijection } from './bijection.ts'
import type { ElementMap } from './element-map.ts'

/**
 * The first half of the coordinates stays, and gives the second half its map: z = [m(x₂; F(x₁, context)), x₁], halves changed over.
 *
 * Of odd d the second half is the larger one. Of d = 1 without a context there is nothing to condition on: the raw numbers are
 * parameters. Starts as the identity, but for the change of the halves, since a network starts as zero.
 * Dinh, Krueger & Bengio 2015.
 */
export function coupling(options: {
  readonly dimension: number
  /** c, width of the context; 0 for none. */
  readonly context?: number | undefined
  readonly map: ElementMap
  readonly network: Network
  readonly size: NetworkSize
}): Bijection {
  const { dimension, context = 0, map, network, size } = options
  const kept = Math.floor(dimension / 2)
  const moved = dimension - kept
  const outputs = [map.rawNumbers * moved]
  if (kept + context === 0) return elementwise(dimension, map)
  const built = network.build({ event: [kept + context], outputs, noise: false }, size)
  const rawOf = (values: f.Named<f.Tensor>, first: f.Tensor, known: f.Tensor | undefined): f.Tensor => {
    const seen = f.transpose(context > 0 ? f.concat([first, known!], { axis: 0 }) : first)
    return f.reshape(f.transpose(built.apply(values, { x: seen })), [map.rawNumbers, moved, first.shape[1]!])
  }
  return {
    parameters: built.parameters,
    forward: (values, x, known) => {
      const first = f.slice(x, { axis: 0, start: 0, end: kept })
      const second = f.slice(x, { axis: 0, start: kept })
      const { z, logDet } = map.forward(second, rawOf(values, first, known))
      return { z: f.concat([z, first], { axis: 0 }), logDet }
    },
    inverse: (values, z, known) => {
      const first = f.slice(z, { axis: 0, start: moved })
      const second = f.slice(z, { axis: 0, start: 0, end: moved })
      return f.concat([first, map.inverse(second, rawOf(values, first, known))], { axis: 0 })
    },
  }
}

/** Each coordinate through a map of its own, whose raw numbers are parameters. */
export function elementwise(dimension: number, map: ElementMap): Bijection {
  const rawOf = (raw: f.Tensor, x: f.Tensor): f.Tensor =>
    f.broadcastTo(f.reshape(raw, [map.rawNumbers, dimension, 1]), [map.rawNumbers, dimension, x.shape[1]!])
  return {
    parameters: { raw: zeros([map.rawNumbers * dimension]) },
    forward: ({ raw }, x) => map.forward(x, rawOf(raw!, x)),
    inverse: ({ raw }, z) => map.inverse(z, rawOf(raw!, z)),
  }
}
