import { RandomStream } from '../base/index.ts'
import { sizeOf } from '../engine/index.ts'
import type { Source } from './source.ts'

/** Which examples are strays, and how far they lie from the rows. */
export interface StrayOptions {
  /** ε: the chance that an example is one, in [0, 1). */
  readonly share: number
  /** s: the standard deviation of the noise that is added to a stray's numbers, above 0. */
  readonly std: number
  /** The coordinates that are numbers: the others stay as they are. */
  readonly coordinates: readonly number[]
  readonly seed: number
}

/**
 * The examples of a source, a few of them strays: x₀ + s z in the place of x₀, with chance ε each.
 *
 *   p = (1 − ε) p_data + ε p_data ∗ N(0, s²)
 *
 * Real tables have rows like no other: an error of typing, a broken instrument, one of a kind. A network that has only seen rows as
 * they usually are says anything of the others, at small noise levels mostly that they are impossible, and one such row then weighs more in a mean
 * log-likelihood than all the rest. What it learns of p instead is that such rows exist: log p(x) ≥ log ε + log (p_data ∗ N(0, s²))(x).
 * Huber 1964 (contaminated distributions).
 *
 * Whether example n is a stray, and its noise, are functions of (seed, n) only.
 */
export function withStrays(source: Source, options: StrayOptions): Source {
  const { share, std, coordinates, seed } = options
  if (share === 0) return source
  const chance = new RandomStream({ seed, name: 'strays' })
  const noise = chance.child('noise')
  const dimension = sizeOf(source.example.event)
  return {
    ...source,
    fill: (range, into) => {
      source.fill(range, into)
      const { first, count } = range
      const drawn = chance.uniform({ first, count, width: 1 })
      for (let i = 0; i < count; i++) {
        if (drawn[i]! >= share) continue
        const z = noise.normal({ first: first + i, count: 1, width: dimension })
        for (const k of coordinates) into.points[i * dimension + k]! += std * z[k]!
      }
    },
  }
}
