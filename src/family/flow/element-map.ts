import * as f from '../../engine/index.ts'

/** An increasing map of single numbers whose shape raw numbers give: the identity where all of them are 0. */
export interface ElementMap {
  /** P, how many raw numbers shape the map of one coordinate. */
  readonly rawNumbers: number
  /** x: [n, B], raw: [P, n, B] → z: [n, B], and ln |∂z/∂x| summed over the coordinates, [B]. */
  readonly forward: (x: f.Tensor, raw: f.Tensor) => { readonly z: f.Tensor; readonly logDet: f.Tensor }
  readonly inverse: (z: f.Tensor, raw: f.Tensor) => f.Tensor
}

/** z = x + r: moves, and keeps volumes. Dinh, Krueger & Bengio 2015. */
export const additive: ElementMap = {
  rawNumbers: 1,
  forward: (x, raw) => ({ z: f.add(x, row(raw, 0)), logDet: f.constant(0) }),
  inverse: (z, raw) => f.sub(z, row(raw, 0)),
}

/** Largest |s| of an affine map: scales lie between e⁻³ and e³ a coupling. */
const largestLogScale = 3

/** z = eˢ x + r with s = 3 tanh(raw/3), so that no point, however far, makes it overflow. Dinh, Sohl-Dickstein & Bengio 2017. */
export const scaledAndMoved: ElementMap = {
  rawNumbers: 2,
  forward: (x, raw) => {
    const s = logScaleOf(raw)
    return { z: f.add(f.mul(x, f.exp(s)), row(raw, 1)), logDet: f.sum(s, { axes: [0] }) }
  },
  inverse: (z, raw) => f.mul(f.sub(z, row(raw, 1)), f.exp(f.neg(logScaleOf(raw)))),
}

function logScaleOf(raw: f.Tensor): f.Tensor {
  return f.mul(f.tanh(f.div(row(raw, 0), largestLogScale)), largestLogScale)
}

/** The raw numbers of one place for all coordinates, [n, B]. */
function row(raw: f.Tensor, at: number): f.Tensor {
  return f.reshape(f.slice(raw, { axis: 0, start: at, end: at + 1 }), raw.shape.slice(1))
}
