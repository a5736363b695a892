import { add, type Tensor } from '../../engine/index.ts'
import { times } from '../samplers/sampler.ts'

/** x + drift s + spread z; Langevin's step of length ε has drift ε/2 and spread √ε.  x, s, z: [B, …event]; drift, spread: scalars. */
export function langevinStep(given: {
  readonly x: Tensor
  readonly score: Tensor
  readonly z: Tensor
  readonly drift: Tensor
  readonly spread: Tensor
}): Tensor {
  const { x, score, z, drift, spread } = given
  return add(add(x, times(drift, score)), times(spread, z))
}
