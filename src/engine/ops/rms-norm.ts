import { normaliseAxis, shapeError } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { add } from './add.ts'
import { broadcastTo } from './broadcast-to.ts'
import { mean } from './mean.ts'
import { mul } from './mul.ts'
import { reciprocal } from './reciprocal.ts'
import { sqrt } from './sqrt.ts'
import { square } from './square.ts'

/**
 * x/√(m + ε) along `axis` (the last unless given), m the mean of x² of each row: layer normalisation without the mean.
 * ε = 1e-5 unless given, above 0. Zhang, Sennrich 2019. Shape of x.
 */
export function rmsNorm(x: Tensor, options: { axis?: number; epsilon?: number } = {}): Tensor {
  const { epsilon = 1e-5 } = options
  if (!(epsilon > 0)) throw shapeError(`rmsNorm: epsilon is ${epsilon}; it must be above 0.`)
  const axes = [normaliseAxis(options.axis ?? -1, x.shape.length, 'rmsNorm')]
  const size = mean(square(x), { axes, keepDims: true })
  return mul(x, broadcastTo(reciprocal(sqrt(add(size, epsilon))), x.shape))
}
