import * as f from '../engine/index.ts'
import { type AtVectors, drawn } from './points.ts'

/**
 * Unadjusted Langevin steps, x ← x + (ε/2) s(x) + √ε z, one for each of the normal draws, [B, K, ...event]; x: [B, d].
 *
 * The result is a constant to every derivative. Its law is the model's up to O(ε).  Roberts & Tweedie 1996.
 */
export function langevin(
  start: f.Tensor,
  {
    score,
    draws,
    steps,
    epsilon,
  }: {
    readonly score: AtVectors['score']
    readonly draws: f.Tensor
    readonly steps: number
    /** ε > 0, in units of the data squared. */
    readonly epsilon: number
  },
): f.Tensor {
  let x = start
  for (let k = 0; k < steps; k++) {
    const z = drawn(draws, k)
    x = f.withLabel(`chain step ${k}`, () =>
      f.stopGradient(f.add(x, f.add(f.mul(score(x), epsilon / 2), f.mul(z, Math.sqrt(epsilon))))),
    )
  }
  return x
}
