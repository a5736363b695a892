import { ScorefieldError } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'

/** How much a walk is guided, and where. */
export interface Guidance {
  /** w: u + w (c − u) in the place of c. 1 is off; above 1 away from u, at 0 all u. */
  readonly weight: number
  /** The noise levels σ, from and to, at which it is; all unless given.  Kynkäänniemi et al. 2024. */
  readonly interval?: readonly [number, number] | undefined
}

/** Throws `sampling/guidance` unless the weight is finite and the interval is one. */
export function requireGuidance({ weight, interval }: Guidance): void {
  const [low = 0, high = Number.POSITIVE_INFINITY] = interval ?? []
  if (Number.isFinite(weight) && low >= 0 && high > low) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'sampling/guidance',
    message: Number.isFinite(weight)
      ? `The interval of guidance is ${low} to ${high}; it must go from a noise level, 0 or more, to a larger one.`
      : `The weight of guidance is ${weight}; it must be a finite number.`,
    hint: 'A weight of 1 is off; 1.5 to 3 are usual. Noise levels go from training.sigmaMin to training.sigmaMax.',
  })
}

/** The same of a traced walk, whose rows may be guided by a weight each, [B]. */
export type TracedGuidance = Omit<Guidance, 'weight'> & { readonly weight: number | f.Tensor }

/** w − 1 of each row inside of the interval, else 0, [B]. */
export function excessWeight(sigma: f.Tensor, { weight, interval }: TracedGuidance): f.Tensor {
  const all =
    typeof weight === 'number' ? f.broadcastTo(f.constant(weight - 1), sigma.shape) : f.add(weight, -1)
  if (!interval) return all
  const [low, high] = interval
  const inside = f.and(f.greaterEqual(sigma, low), f.lessEqual(sigma, high))
  return f.where(inside, all, f.broadcastTo(f.constant(0), sigma.shape))
}

/** c + (w − 1)(c − u), which is u + w (c − u): of denoisers as of scores, since both are linear in each other. */
export function extrapolated(c: f.Tensor, u: f.Tensor, sigma: f.Tensor, guidance: TracedGuidance): f.Tensor {
  return f.add(c, f.mul(perPoint(excessWeight(sigma, guidance), c), f.sub(c, u)))
}
