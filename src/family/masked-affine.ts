import * as f from '../engine/index.ts'
import {
  type MaskedMlpOptions,
  maskedMlp,
  type ParameterSpec,
  valuesUnder,
  withPrefixes,
} from '../nn/index.ts'
import type { Values } from './model.ts'

/** An invertible map of rows, [B, d], under a condition, [B, c], where there is one. */
export interface InvertibleMap {
  readonly parameters: f.Named<ParameterSpec>
  /** z of x, and log|det ∂z/∂x| of each row, [B]. */
  readonly forward: (
    values: Values,
    x: f.Tensor,
    condition?: f.Tensor,
  ) => { readonly z: f.Tensor; readonly logDet: f.Tensor }
  /** x of z. */
  readonly inverse: (values: Values, z: f.Tensor, condition?: f.Tensor) => f.Tensor
}

/** Largest |log-scale| of a map: e³ = 20 either way, so that a stack of them stays invertible in float32 whatever comes in. */
const largestLogScale = 3

/**
 * z_i = (x_i − μ_i) e^{−a_i}, μ_i and a_i functions of the columns before i by a masked network: one layer of MAF.
 * log|det ∂z/∂x| = −Σ a_i. The inverse goes column by column: x_i = z_i e^{a_i} + μ_i. It is the identity at first.
 * a = A tanh(raw/A) with A = `largestLogScale`. Papamakarios, Pavlakou, Murray 2017.
 */
export function maskedAffine(size: Omit<MaskedMlpOptions, 'outputs' | 'start'>): InvertibleMap {
  const { columns, width, layers, conditionWidth } = size
  const network = maskedMlp({ columns, width, layers, conditionWidth, outputs: 2 })
  const affine = (outputs: f.Tensor): { shift: f.Tensor; logScale: f.Tensor } => {
    const axis = outputs.shape.length - 1
    const half = (i: number): f.Tensor =>
      f.reshape(f.slice(outputs, { axis, start: i, end: i + 1 }), outputs.shape.slice(0, axis))
    return {
      shift: half(0),
      logScale: f.mul(f.tanh(f.mul(half(1), 1 / largestLogScale)), largestLogScale),
    }
  }
  return {
    parameters: network.parameters,
    forward: (values, x, condition) => {
      const { shift, logScale } = affine(network.apply(values, x, condition))
      return {
        z: f.mul(f.sub(x, shift), f.exp(f.neg(logScale))),
        logDet: f.neg(f.sum(logScale, { axes: [1] })),
      }
    },
    inverse: (values, z, condition) => {
      const next = (outputs: f.Tensor, column: number): f.Tensor => {
        const { shift, logScale } = affine(outputs)
        const here = f.reshape(f.slice(z, { axis: 1, start: column, end: column + 1 }), shift.shape)
        return f.add(f.mul(here, f.exp(logScale)), shift)
      }
      return network.unfold(values, z.shape[0]!, next, condition)
    },
  }
}

/** Reads the columns backwards after each map: what came last comes first in the next. */
export function stackedReversed(maps: readonly InvertibleMap[]): InvertibleMap {
  const names = maps.map((_, i) => `block${i}/`)
  return {
    parameters: withPrefixes(names.map((name, i) => [name, maps[i]!.parameters])),
    forward: (values, x, condition) => {
      let z = x
      let total = f.broadcastTo(f.constant(0), [x.shape[0]!])
      for (const [i, map] of maps.entries()) {
        const here = f.withLabel(`block ${i}`, () =>
          map.forward(valuesUnder(names[i]!, values), z, condition),
        )
        z = f.flip(here.z, { axis: 1 })
        total = f.add(total, here.logDet)
      }
      return { z, logDet: total }
    },
    inverse: (values, z, condition) => {
      let x = z
      for (const [i, map] of [...maps.entries()].reverse())
        x = map.inverse(valuesUnder(names[i]!, values), f.flip(x, { axis: 1 }), condition)
      return x
    },
  }
}
