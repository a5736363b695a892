import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'
import type { StepPlace } from '../samplers/sampler.ts'
import type { Operator } from './operator.ts'

/** A step of twisted particles, and what it takes for p(y | x) before and after it. */
export interface TwistedStep extends Pick<StepPlace, 'sigma' | 'next'> {
  /** σ_d = σ_s²/σ_t, where the flow leads to before noise is put back. */
  readonly down: number
  /** τ, the deviation of that noise. */
  readonly spread: number
  /** j = ∂D(x_s)/∂x_s, were the data a Gaussian of variance σ_d². */
  readonly slope: number
  /** v_t and v_s: the variance that the steps from here on, and from the next level on, add to x₀. */
  readonly left: number
  readonly leftNext: number
  /** What of guided D − D the mean of the proposal is moved by. */
  readonly share: number
}

/** The steps of a walk, the last of them to 0; in float64. */
export function stepsOf(
  places: readonly StepPlace[],
  { lastSigma, sigmaData }: { readonly lastSigma: number; readonly sigmaData: number },
): readonly TwistedStep[] {
  const slopeAt = (sigma: number): number => sigmaData ** 2 / (sigma ** 2 + sigmaData ** 2)
  const steps: TwistedStep[] = []
  let left = lastSigma ** 2
  const last = { sigma: lastSigma, next: 0, down: 0, spread: 0, slope: 1, left, leftNext: 0, share: 0 }
  for (const { sigma, next } of [...places].reverse()) {
    const down = next ** 2 / sigma
    const spread = Math.sqrt((next - down) * (next + down))
    const slope = slopeAt(next)
    const leftNext = left
    left += (spread * slope) ** 2
    // Guidance moves D by the posterior's variance at σ_t; what is wanted is that at σ_s.
    const share = ((1 - down / sigma) * next ** 2 * slope) / (sigma ** 2 * slopeAt(sigma))
    steps.push({ sigma, next, down, spread, slope, left, leftNext, share })
  }
  return [...steps.reverse(), last]
}

/** Whether (a A Aᵀ + b I)⁻¹ is exact: then the proposal is narrower where something is observed; else it is q's own noise, moved. */
const isNarrowed = ({ isLinear, solve }: Operator): boolean => isLinear && solve !== undefined

/** What the noise of the proposal is made of, by name: standard normal numbers, and the step's own, the same of all points. */
export function proposalShapes({ dimension, width }: Operator): f.Named<f.Shape> {
  return { z: [dimension], zData: [dimension], zSeen: [width], spread: [], slope: [], left: [], leftNext: [] }
}

/**
 * Noise n of the proposal, and log of what its density lacks of that of q's noise, but for a constant.
 *
 * n has the density N(n; 0, τ² I) N(0; j A n, C), normalised, C = v_s A Aᵀ + s² I. It is made of τz by Matheron's rule (Journel &
 * Huijbregts 1978): n = τz − τ² j Aᵀ (v_t A Aᵀ + s² I)⁻¹ (j A τz + e), e of covariance C, v_t = v_s + τ² j²; and
 * log N(n; 0, τ² I) − log q̃(n) = ½ (j A n)ᵀ C⁻¹ (j A n) + constant.  narrowing: [R].
 */
export function proposalNoise(
  {
    operator,
    given,
    noise,
  }: { readonly operator: Operator; readonly given: f.Named<f.Tensor>; readonly noise: number },
  beside: f.Named<f.Tensor>,
): { readonly drawn: f.Tensor; readonly narrowing: f.Tensor } {
  const { z, zData, zSeen, spread, slope, left, leftNext } = beside as Record<string, f.Tensor>
  const times = (scale: f.Tensor, x: f.Tensor): f.Tensor => f.mul(perPoint(scale, x), x)
  const wide = times(spread!, z!)
  if (!isNarrowed(operator)) return { drawn: wide, narrowing: f.mul(spread!, 0) }
  const x = f.variable(wide)
  const seen = operator.apply(x, given)
  const b = f.broadcastTo(f.constant(noise ** 2), spread!.shape)
  const error = f.add(times(f.sqrt(leftNext!), operator.apply(zData!, given)), f.mul(zSeen!, noise))
  const solved = operator.solve!(f.add(times(slope!, seen), error), { a: left!, b }, given)
  const back = f.vjp([seen], [x], [solved])[0]!
  const drawn = f.sub(wide, times(f.mul(f.square(spread!), slope!), back))
  const image = times(slope!, operator.apply(drawn, given))
  const fit = operator.solve!(image, { a: leftNext!, b }, given)
  return { drawn, narrowing: f.mul(f.sum(f.mul(image, fit), { axes: [1] }), 0.5) }
}
