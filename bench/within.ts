import { intervalOf } from '../src/run/node.ts'

/** The share that intervals should hold. */
export const interval = 0.9

/** Whether y is within the interval of the draws, ends included: 1 or 0. */
export function isWithin(made: readonly number[], truth: number): number {
  const sorted = [...made].sort((a, b) => a - b)
  const { low, high } = intervalOf(interval, made.length)
  return sorted[low]! <= truth && truth <= sorted[high]! ? 1 : 0
}

/**
 * The same where ties are broken by chance: of y's place among the draws, (below + u (equal + 1))/(K + 1), u even in [0, 1], the part
 * between the ends.
 *
 * An interval that holds its ends covers too much where many draws equal an end, however right they are: all that equal it are
 * within. Of right draws this place is even in [0, 1], whatever their distribution.  Czado, Gneiting & Held 2009 (randomised PIT).
 */
export function partWithin(made: readonly number[], truth: number): number {
  const below = made.filter((value) => value < truth).length
  const equal = made.filter((value) => value === truth).length
  const [from, to] = [below / (made.length + 1), (below + equal + 1) / (made.length + 1)]
  const outside = (1 - interval) / 2
  return Math.max(0, Math.min(to, 1 - outside) - Math.max(from, outside)) / (to - from)
}
