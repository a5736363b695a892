import {
  add,
  broadcastTo,
  compile,
  concat,
  cumsum,
  erf,
  gather,
  grad,
  greater,
  jacobianTrace,
  logsumexp,
  matmul,
  mul,
  type ProgramSpec,
  pad,
  type Runtime,
  reshape,
  scatterAdd,
  slice,
  softplus,
  sub,
  sum,
  type Tensor,
  tanh,
  transpose,
  where,
} from '../../src/engine/index.ts'
import { fixedNumbers, type Quantities } from './numbers.ts'

const [batch, dimension, width, pieces] = [16, 4, 8, 6]

/**
 * One step of a made-up denoiser that meets as many kinds of operations as fit: a network of x, a mixture of centres
 * chosen by index, its energy's gradient, and the exact trace of the denoiser's Jacobian.
 */
export const denoisingStep: ProgramSpec = {
  name: 'denoising step',
  inputs: {
    x: { shape: [batch, dimension], dtype: 'float32' },
    chosen: { shape: [pieces], dtype: 'int32' },
  },
  shared: {
    weights: { shape: [dimension, width], dtype: 'float32' },
    back: { shape: [width, dimension], dtype: 'float32' },
    centres: { shape: [9, dimension], dtype: 'float32' },
  },
  step: ({ inputs, shared }) => {
    const [x, chosen] = [inputs['x']!, inputs['chosen']!]
    const [weights, back, centres] = [shared['weights']!, shared['back']!, shared['centres']!]
    const hidden = tanh(matmul(x, weights))
    const denoised = add(x, mul(softplus(matmul(erf(hidden), back)), 0.3))
    const picked = gather(centres, chosen, { axis: 0 }) // [pieces, dimension]
    const apart = sub(across(x, [batch, pieces, dimension]), alone(picked, [batch, pieces, dimension]))
    const energy = logsumexp(mul(sum(mul(apart, apart), { axes: [2] }), -0.5), { axes: [1] }) // [batch]
    const [score] = grad(sum(energy), [x])
    const running = cumsum(where(greater(denoised, 0), denoised, mul(denoised, 0.1)), { axis: 1 })
    const shifted = concat(
      [slice(running, { axis: 1, start: 1 }), pad(slice(score!, { axis: 1, start: 0, end: 1 }), { axis: 1, after: 1 })],
      { axis: 1 },
    )
    const grams = matmul(apart, apart, { transposeA: true }) // [batch, dimension, dimension]
    const paired = matmul(grams, reshape(transpose(denoised), [1, dimension, batch]).shape.length === 3 ? tile(denoised) : grams)
    return {
      outputs: {
        denoised,
        energy,
        score: score!,
        shifted,
        paired,
        returned: scatterAdd(picked, chosen, { axis: 0, size: 9 }),
        trace: jacobianTrace(denoised, x),
      },
    }
  },
}
