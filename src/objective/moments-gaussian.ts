import * as f from '../engine/index.ts'
import type { ObjectiveFacts } from './objective.ts'

/** A coordinate that the others determine is spread by this much all the same, in units of σ_d. */
const leastSpread = 1e-3

/** N(m, L Lᵀ) with the moments of the training points: drawn from, and with a known density. */
export interface MomentsGaussian {
  /** m + L n of standard normal n, [n, d] → [n, d]. */
  readonly points: (normals: f.Tensor) => f.Tensor
  /** The same on the host, of [n, d]. */
  readonly hostPoints: (normals: Float32Array) => Float32Array
  /** ln N(x; m, L Lᵀ), nats, [n, d] → [n]. */
  readonly logDensity: (x: f.Tensor) => f.Tensor
}

/** The Gaussian of the training points' moments. */
export function momentsGaussian(facts: ObjectiveFacts): MomentsGaussian {
  const d = f.sizeOf(facts.event)
  const moments = facts.moments()
  const lower = Float64Array.from(moments.cholesky)
  for (let i = 0; i < d; i++)
    lower[i * d + i] = Math.max(lower[i * d + i]!, leastSpread * facts.range.sigmaData)
  const inverse = inverseOfLower(lower, d)
  let logVolume = 0
  for (let i = 0; i < d; i++) logVolume += Math.log(lower[i * d + i]!)
  const mean = f.constant({ shape: [1, d], data: moments.mean })
  const matrix = (data: Float64Array): f.Tensor => f.constant({ shape: [d, d], data })
  return {
    points: (normals) => {
      const spread = f.matmul(normals, matrix(lower), { transposeB: true })
      return f.add(spread, f.broadcastTo(mean, spread.shape))
    },
    hostPoints: (normals) => {
      const points = new Float32Array(normals.length)
      for (let at = 0; at < normals.length; at += d)
        for (let i = 0; i < d; i++) {
          let value = moments.mean[i]!
          for (let k = 0; k <= i; k++) value += lower[i * d + k]! * normals[at + k]!
          points[at + i] = value
        }
      return points
    },
    logDensity: (x) => {
      const centred = f.sub(x, f.broadcastTo(mean, x.shape))
      const normals = f.matmul(centred, matrix(inverse), { transposeB: true })
      const squares = f.sum(f.square(normals), { axes: [1] })
      return f.sub(f.mul(squares, -0.5), logVolume + (d / 2) * Math.log(2 * Math.PI))
    },
  }
}

/** L⁻¹ of a lower triangular L, [d, d], by substitution. */
function inverseOfLower(lower: Float64Array, d: number): Float64Array {
  const inverse = new Float64Array(d * d)
  for (let column = 0; column < d; column++)
    for (let row = column; row < d; row++) {
      let value = row === column ? 1 : 0
      for (let k = column; k < row; k++) value -= lower[row * d + k]! * inverse[k * d + column]!
      inverse[row * d + column] = value / lower[row * d + row]!
    }
  return inverse
}
