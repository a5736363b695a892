import * as f from '../../engine/index.ts'
import { perPoint, rationalQuadratic } from '../../family/index.ts'
import { type ParameterSpec, uNet } from '../../nn/index.ts'

/** Bins of the spline of a cell. */
const bins = 5
/** A shape for each cell, told by a map of the unit interval; the identity where all raw numbers are 0. */
const shape = rationalQuadratic({ bins, bound: 0.5 })

/** The distribution of places in the cells of a picture's bytes, traced. */
export interface CellPlaces {
  readonly parameters: f.Named<ParameterSpec>
  /**
   * middles: the picture, each byte in the middle of its cell, [B, c, h, w] in (−1, 1); w: uniform numbers, alike. Gives the places u in
   * (0, 1), [B, c, h, w], and ln q(u | v), nats, [B]. strength: how much of what was learned is taken, from 0, which is uniform, to 1,
   * all of it, as without; [B].
   */
  readonly apply: (
    values: f.Named<f.Tensor>,
    given: { readonly middles: f.Tensor; readonly w: f.Tensor; readonly strength?: f.Tensor },
  ) => { readonly u: f.Tensor; readonly logDensity: f.Tensor }
}

/**
 * q(u | v), independent over the bytes given the picture: u = S(w; r(v)), w uniform, so
 *
 *   ln q(u | v) = −Σ ln dS/dw,
 *
 * exact by the change of variables. S is a monotone rational-quadratic spline of the unit interval, whose raw numbers r a small U-Net
 * reads off the picture. Its last filter starts at zero: then S is the identity and q uniform. A logistic curve of normal noise, as in
 * Flow++, could not be uniform: at its best deviation, 1.75, its entropy is 0.0137 bits short.
 * Ho, Chen, Srinivas, Duan, Abbeel 2019 (q by a flow of the picture); Durkan, Bekasov, Murray, Papamakarios 2019 (the spline).
 *
 * The network sees each byte v of L levels as x and as ln(1 + v) and ln(L − v), over ln L: 0 and 1, where much of a picture lies, are hardly
 * two numbers as x.
 */
export function cellPlaces({
  event,
  levels,
}: {
  readonly event: f.Shape
  readonly levels: number
}): CellPlaces {
  const [channels, ...sides] = event as [number, ...number[]]
  const network = uNet.build(
    {
      event: [3 * channels, ...sides],
      outputs: [shape.rawNumbers * channels, ...sides],
      noise: false,
    },
    {
      ...{ channels: 16, blocks: 1, attention: 0, patch: 1, magnitude: 1 },
      levels: Math.min(...sides) >= 8 ? 2 : 1,
    },
  )
  return {
    parameters: network.parameters,
    apply: (values, { middles, w, strength }) => {
      const rows = w.shape[0]!
      const numbers = f.sizeOf(event)
      const v = f.clip(f.sub(f.mul(f.add(middles, 1), levels / 2), 0.5), { low: 0, high: levels - 1 })
      const fromEnd = (distance: f.Tensor): f.Tensor =>
        f.sub(f.mul(f.log(f.add(distance, 1)), 2 / Math.log(levels)), 1)
      const seen = f.concat([middles, fromEnd(v), fromEnd(f.sub(levels - 1, v))], { axis: 1 })
      const told = network.apply(values, { x: seen })
      const taken = strength ? f.mul(told, perPoint(strength, told)) : told
      const raw = f.reshape(taken, [rows, shape.rawNumbers, numbers])
      const ofAll = f.reshape(f.transpose(raw, [1, 0, 2]), [shape.rawNumbers, 1, rows * numbers])
      const { z, logDet } = shape.forward(f.reshape(f.sub(w, 0.5), [1, rows * numbers]), ofAll)
      return {
        u: f.reshape(f.add(z, 0.5), w.shape),
        logDensity: f.neg(f.sum(f.reshape(logDet, [rows, numbers]), { axes: [1] })),
      }
    },
  }
}
