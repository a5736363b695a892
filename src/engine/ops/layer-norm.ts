import { normaliseAxis, shapeError } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { add } from './add.ts'
import { broadcastTo } from './broadcast-to.ts'
import { mean } from './mean.ts'
import { mul } from './mul.ts'
import { reciprocal } from './reciprocal.ts'
import { sqrt } from './sqrt.ts'
import { square } from './square.ts'
import { sub } from './sub.ts'

/**
 * (x − μ)/√(v + ε) along `axis` (the last unless given), μ and v the mean and the variance (divided by n) of each row.
 * ε = 1e-5 unless given, above 0: a row of equal elements becomes 0, and its gradient stays finite.
 * Ba, Kiros, Hinton 2016. Shape of x.
 */
export function layerNorm(x: Tensor, options: { axis?: number; epsilon?: number } = {}): Tensor {
  const { epsilon = 1e-5 } = options
  if (!(epsilon > 0)) throw shapeError(`layerNorm: epsilon is ${epsilon}; it must be above 0.`)
  const axes = [normaliseAxis(options.axis ?? -1, x.shape.length, 'layerNorm')]
  const centred = sub(x, broadcastTo(mean(x, { axes, keepDims: true }), x.shape))
  const variance = mean(square(centred), { axes, keepDims: true })
  return mul(centred, broadcastTo(reciprocal(sqrt(add(variance, epsilon))), x.shape))
}
