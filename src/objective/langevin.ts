import * as f from '../engine/index.ts'
import type { AtVectors } from './points.ts'

/**
 * Unadjusted Langevin steps, x ← x + (ε/2) s(x) + √ε z, one for each of the normal draws, [B, K, …event]; x: [B, d].
 *
 * The result is a constant to every derivative. Its law is the model's up to O(ε).  Roberts & Tweedie 1996.
 * One loop in the graph, whatever K: as fast a step as K copies of the score, and ready in a fifth of the time.
 */
export function langevin(
  start: f.Tensor,
  {
    score,
    draws,
    epsilon,
  }: {
    readonly score: AtVectors['score']
    readonly draws: f.Tensor
    /** ε > 0, in units of the data squared. */
    readonly epsilon: number
  },
): f.Tensor {
  const [rows, steps] = draws.shape as [number, number]
  const z = f.transpose(f.reshape(draws, [rows, steps, start.shape[1]!]), [1, 0, 2])
  const { carry } = f.withLabel('chain', () =>
    f.scan({
      carry: { x: start },
      over: { z },
      step: ({ carry: { x }, over }) => {
        const moved = f.add(f.mul(score(x), epsilon / 2), f.mul(over.z, Math.sqrt(epsilon)))
        return { carry: { x: f.add(x, moved) } }
      },
    }),
  )
  return f.stopGradient(carry.x)
}
