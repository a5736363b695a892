import type { Tensor } from '../tensor.ts'
import { mul } from './mul.ts'

/** x². Written as x · x. */
export function square(x: Tensor): Tensor {
  return mul(x, x)
}
