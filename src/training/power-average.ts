import { ScorefieldError } from '../base/index.ts'
import { cholesky } from '../density/index.ts'

/**
 * An average of weights over a training whose width is a share of it: θ̂(T) = ∫₀ᵀ p(t) θ(t) dt, p(t) = (γ + 1) t^γ/T^(γ+1).
 *
 * Kept step by step, θ̂ ← β θ̂ + (1 − β) θ with β = (1 − 1/t)^(γ+1): exactly that integral where θ(t) is the weights of step ⌈t⌉.
 * γ is told by the deviation of p over T, σ = √(γ + 1)/((γ + 2) √(γ + 3)), so that a width means the same however long a training is.
 * Karras, Aittala, Lehtinen, Hellsten, Aila, Laine 2024, section 3.
 */
export interface PowerProfile {
  /** σ of the profile as a share of T, between 0 and √(1/12), that of the plain mean. */
  readonly width: number
  /** T, the step of the average. */
  readonly step: number
}

/** The widths that a training keeps. */
export const keptWidths: readonly number[] = [0.05, 0.1]

/** The average of this width, as a group of a training program's state. */
export const powerGroup = (width: number): string => `average-${width}`

/** γ of a width: the root of σ² (γ + 2)² (γ + 3) = γ + 1. Throws `training/average-width` outside (0, √(1/12)). */
export function powerOf(width: number): number {
  if (!(width > 0 && width < Math.sqrt(1 / 12)))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'training/average-width',
      message: `${width} is no width of an average: it must be above 0 and below 0.288, which is that of the plain mean.`,
      hint: `Those between ${keptWidths.join(' and ')} are made most exactly.`,
    })
  // σ falls with γ from √(1/12) at 0: halved until float64 tells no two apart.
  let [low, high] = [0, 1]
  const widthAt = (power: number): number => Math.sqrt(power + 1) / ((power + 2) * Math.sqrt(power + 3))
  while (widthAt(high) > width) high *= 2
  for (let k = 0; k < 200; k++) {
    const middle = (low + high) / 2
    if (widthAt(middle) > width) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Share of the new weights in the average of this width after step t = 1, 2, …: 1 − (1 − 1/t)^(γ+1). */
export function powerRate(step: number, width: number): number {
  return step === 1 ? 1 : -Math.expm1((powerOf(width) + 1) * Math.log1p(-1 / step))
}

/** ∫ p q dt of two profiles, one a step. */
export function profileProduct(p: PowerProfile, q: PowerProfile): number {
  const [early, late] = p.step <= q.step ? [p, q] : [q, p]
  const [a, b] = [powerOf(early.width), powerOf(late.width)]
  return (((a + 1) * (b + 1)) / (a + b + 1)) * ((early.step / late.step) ** b / late.step)
}

/** A combination of profiles, and how far from the one wanted it is. */
export interface Combination {
  readonly weights: Float64Array
  /** ‖Σ wᵢ pᵢ − p‖/‖p‖, 0 where the profiles span it. */
  readonly error: number
}

/**
 * The combination of averages that is nearest to another one: Σ wᵢ pᵢ ≈ p by least squares over the profiles.
 *
 * So any width and any step is made after training, of the averages that were kept on the way.
 * Karras et al. 2024, section 3.2 (post-hoc averages).
 */
export function combinationOf(kept: readonly PowerProfile[], wanted: PowerProfile): Combination {
  const n = kept.length
  const own = profileProduct(wanted, wanted)
  const sizes = kept.map((profile) => Math.sqrt(profileProduct(profile, profile)))
  // Of unit length each; what rounding cannot tell apart is shared out.
  const ridge = 1e-12
  const products = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n]
    return profileProduct(kept[i]!, kept[j]!) / (sizes[i]! * sizes[j]!) + (i === j ? ridge : 0)
  })
  const right = Float64Array.from(kept, (profile, i) => profileProduct(profile, wanted) / sizes[i]!)
  const solved = solve(cholesky(products, n).lower, right)
  const weights = solved.map((value, i) => value / sizes[i]!)
  let square = own
  for (let i = 0; i < n; i++) {
    square -= 2 * weights[i]! * profileProduct(kept[i]!, wanted)
    for (let j = 0; j < n; j++) square += weights[i]! * weights[j]! * profileProduct(kept[i]!, kept[j]!)
  }
  return { weights, error: Math.sqrt(Math.max(0, square) / own) }
}

/** x of L Lᵀ x = b. */
function solve(lower: Float64Array, right: Float64Array): Float64Array {
  const n = right.length
  const x = Float64Array.from(right)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * n + k]! * x[k]!
    x[i]! /= lower[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= lower[k * n + i]! * x[k]!
    x[i]! /= lower[i * n + i]!
  }
  return x
}

/** Averages of weights, each with its profile. */
export interface KeptAverage {
  readonly profile: PowerProfile
  readonly weights: Readonly<Record<string, Float32Array>>
}

/** The weights of the average wanted, as near as those kept come, and how far its profile is. */
export function averageOf(
  kept: readonly KeptAverage[],
  wanted: PowerProfile,
): { readonly weights: Readonly<Record<string, Float32Array>>; readonly error: number } {
  const { weights, error } = combinationOf(
    kept.map(({ profile }) => profile),
    wanted,
  )
  const [first] = kept
  const made = Object.entries(first!.weights).map(([name, { length }]) => {
    const sum = new Float64Array(length)
    kept.forEach((one, i) => {
      const [values, share] = [one.weights[name]!, weights[i]!]
      for (let k = 0; k < length; k++) sum[k]! += share * values[k]!
    })
    return [name, Float32Array.from(sum)]
  })
  return { weights: Object.fromEntries(made), error }
}
