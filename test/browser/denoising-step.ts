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
  tanh,
  where,
} from '../../src/engine/index.ts'
import { fixedNumbers, type Quantities } from './numbers.ts'

const [batch, dimension, width, pieces, centreCount] = [16, 4, 8, 6, 9]

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
    centres: { shape: [centreCount, dimension], dtype: 'float32' },
  },
  step: ({ inputs, shared }) => {
    const [x, chosen] = [inputs['x']!, inputs['chosen']!]
    const [weights, back, centres] = [shared['weights']!, shared['back']!, shared['centres']!]
    const hidden = tanh(matmul(x, weights))
    const denoised = add(x, mul(softplus(matmul(erf(hidden), back)), 0.3))
    const picked = gather(centres, chosen, { axis: 0 }) // [pieces, dimension]
    const cube = [batch, pieces, dimension]
    const apart = sub(broadcastTo(reshape(x, [batch, 1, dimension]), cube), broadcastTo(picked, cube))
    const energy = logsumexp(mul(sum(mul(apart, apart), { axes: [2] }), -0.5), { axes: [1] }) // [batch]
    const [score] = grad(sum(energy), [x])
    const running = cumsum(where(greater(denoised, 0), denoised, mul(denoised, 0.1)), { axis: 1 })
    const edge = pad(slice(score!, { axis: 1, start: 0, end: 1 }), { axis: 1, after: 1 }) // [batch, 2]
    const spread = matmul(apart, apart, { transposeA: true }) // [batch, dimension, dimension]
    return {
      outputs: {
        denoised,
        energy,
        score: score!,
        running: concat([slice(running, { axis: 1, start: 1 }), edge], { axis: 1 }),
        stretched: matmul(spread, reshape(denoised, [batch, dimension, 1])),
        returned: scatterAdd(picked, chosen, { axis: 0, size: centreCount }),
        trace: jacobianTrace(denoised, x),
      },
    }
  },
}

/** Two different calls of the step, the second with the shared inputs that the first left where they were. */
export async function denoise(runtime: Runtime): Promise<Quantities> {
  const program = await compile(denoisingStep, { runtime })
  program.setShared({
    weights: fixedNumbers(dimension * width, 1),
    back: fixedNumbers(width * dimension, 2),
    centres: fixedNumbers(centreCount * dimension, 3),
  })
  const results: Quantities = {}
  for (const call of [0, 1]) {
    const outputs = await program.run({
      x: fixedNumbers(batch * dimension, 10 + call),
      chosen: Int32Array.from({ length: pieces }, (_, i) => (i * i + call) % centreCount),
    })
    for (const [name, values] of Object.entries(outputs))
      results[name] = [...(results[name] ?? []), ...Array.from(values)]
  }
  await program.dispose()
  return results
}
