import { normalQuantile } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { maskedMlp, type ParameterSpec } from '../nn/index.ts'
import { deviationAbove, logNormal } from './normal.ts'

/** A density of rows of about unit size, column by column, under a condition, [B, c], where there is one. */
export interface MixtureColumns {
  readonly parameters: f.Named<ParameterSpec>
  /** log p(x), nats, of the first `count` columns, all unless given: [B, d] → [B]. What the others are plays no part then. */
  readonly logDensity: (
    parameters: f.Named<f.Tensor>,
    x: f.Tensor,
    condition?: f.Tensor,
    count?: number,
  ) => f.Tensor
  /** Rows, [B, d]; `choice` uniform on (0, 1) and `noise` standard normal, both [B, d]. */
  readonly generate: (
    parameters: f.Named<f.Tensor>,
    draws: { readonly choice: f.Tensor; readonly noise: f.Tensor },
    condition?: f.Tensor,
  ) => f.Tensor
}

/**
 * Least deviation of a component, in units of the data's: what repeats exactly is given a peak no higher than that.
 * The rounding of float32 at |x| = 8, 5e-7, is far below it.
 */
const leastDeviation = 1e-3

/**
 * p(x) = Π_i Σ_k π_ik N(x_i; μ_ik, s_ik²): each column a mixture of K normals whose weights, means and deviations are
 * functions of the columns before, by one masked network (MADE). Uria, Murray, Larochelle 2013 (RNADE); Germain et al. 2015.
 *
 * At first the mixture of each column has the mean 0 and about the variance 1: equal weights, means at the normal
 * quantiles of (k + ½)/K, deviations 1/√K.
 */
export function mixtureColumns(options: {
  readonly columns: number
  readonly components: number
  readonly width: number
  readonly layers: number
  /** c; 0 unless given. */
  readonly conditionWidth?: number | undefined
}): MixtureColumns {
  const { columns, components, width, layers, conditionWidth } = options
  const places = Array.from({ length: components }, (_, k) => normalQuantile((k + 0.5) / components))
  const start = [...places.map(() => 0), ...places, ...places.map(() => -0.5 * Math.log(components))]
  const network = maskedMlp({ columns, outputs: 3 * components, width, layers, start, conditionWidth })

  /** Logits, means and deviations, each with K as the last axis. */
  const mixtures = (outputs: f.Tensor): Record<'logits' | 'means' | 'deviations', f.Tensor> => {
    const axis = outputs.shape.length - 1
    const third = (i: number): f.Tensor =>
      f.slice(outputs, { axis, start: i * components, end: (i + 1) * components })
    return { logits: third(0), means: third(1), deviations: deviationAbove(leastDeviation, third(2)) }
  }

  return {
    parameters: network.parameters,
    logDensity: (p, x, condition, count = columns) => {
      const { logits, means, deviations } = mixtures(network.apply(p, x, condition))
      return f.withLabel('mixture', () => {
        const stretched = f.broadcastTo(f.expandDims(x, 2), means.shape)
        const joint = f.add(logits, logNormal(stretched, means, deviations))
        const each = f.sub(f.logsumexp(joint, { axes: [2] }), f.logsumexp(logits, { axes: [2] }))
        return f.sum(f.slice(each, { axis: 1, start: 0, end: count }), { axes: [1] })
      })
    },
    generate: (p, { choice, noise }, condition) => {
      const rows = choice.shape[0]!
      const columnOf = (x: f.Tensor, column: number): f.Tensor =>
        f.slice(x, { axis: 1, start: column, end: column + 1 })
      const next = (outputs: f.Tensor, column: number): f.Tensor => {
        const { logits, means, deviations } = mixtures(outputs)
        const chosen = component(logits, columnOf(choice, column))
        const of = (values: f.Tensor): f.Tensor => f.takeAlongAxis(values, chosen, { axis: 1 })
        return f.reshape(f.add(of(means), f.mul(of(deviations), columnOf(noise, column))), [rows])
      }
      return network.unfold(p, rows, next, condition)
    },
  }
}

/** k with Σ_{j<k} π_j ≤ u < Σ_{j≤k} π_j, int32 [B, 1]: component k with chance π_k. logits: [B, K], u: [B, 1]. */
function component(logits: f.Tensor, u: f.Tensor): f.Tensor {
  const [rows, components] = logits.shape as [number, number]
  if (components === 1) return f.broadcastTo(f.constant(0, { dtype: 'int32' }), [rows, 1])
  // The last sum is 1 but for rounding, and not compared: no u is left without a component.
  const inner = f.slice(f.cumsum(f.softmax(logits), { axis: 1 }), { axis: 1, start: 0, end: components - 1 })
  const passed = f.greaterEqual(f.broadcastTo(u, inner.shape), inner)
  const count = f.sum(f.cast(passed, 'float32'), { axes: [1] })
  return f.reshape(f.cast(count, 'int32'), [rows, 1])
}
