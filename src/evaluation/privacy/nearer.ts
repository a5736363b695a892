import type { Neighbours } from '../statistics/box-tree.ts'
import type { Estimate } from '../statistics/estimate.ts'
import { HashCounts } from '../statistics/mixed-rows.ts'
import { shareEstimate } from '../statistics/shares.ts'

/**
 * The share of synthetic rows that are nearer to a training row than to any held-out one, as it would be if there were as
 * many of the one as of the other: ½ where the synthetic rows know nothing of which row is which.
 *
 * This is the DCR score of TabSyn (Zhang et al. 2024, share of d_train < d_test, by the distances of `overRange`) and the
 * `closer_to_training` of SDMetrics' DCROverfittingProtection, which both take equally many rows of either side; equal distances are
 * shared out by how many rows of either side are that near. Here N training rows stand against m held-out ones: where nothing leaks, any of the N + m is
 * the closest with the same probability. With b the share whose closest row is held out, the score is
 *   (1 − b)/N / ((1 − b)/N + b/m).
 * A generator of which a share p of rows are copies has 1/(2 − p), whatever N and m are.
 *
 * Wilson's interval of b, with as many rows as there would be if no two synthetic rows had the same closest row: n/(Σ nᵢ²/n),
 * nᵢ how many share the i-th (Kish 1965).
 */
export function nearerEstimate(given: {
  readonly toTraining: Neighbours
  readonly toHeldOut: Neighbours
  readonly trainingRows: number
  readonly heldOutRows: number
}): Estimate {
  const { toTraining, toHeldOut, trainingRows, heldOutRows } = given
  const { count } = toTraining.of
  const closest = new HashCounts(count)
  const sharing = new Float64Array(count)
  let held = 0
  for (let row = 0; row < count; row++) {
    const [train, other] = [row * toTraining.most, row * toHeldOut.most]
    const difference = toTraining.apart[train]! - toHeldOut.apart[other]!
    if (difference > 0) held++
    else if (difference === 0) held += toHeldOut.ties[row]! / (toHeldOut.ties[row]! + toTraining.ties[row]!)
    const from = difference > 0 ? toHeldOut : toTraining
    const at = difference > 0 ? other : train
    sharing[closest.add(from.lows[at]!, from.highs[at]!)]!++
  }
  const effective = count ** 2 / sharing.reduce((sum, rows) => sum + rows ** 2, 0)
  const score = (share: number): number => {
    const [one, two] = [(1 - share) / trainingRows, share / heldOutRows]
    return one / (one + two)
  }
  const { value, low, high } = shareEstimate(held / count, effective)
  return { value: score(value), low: score(high), high: score(low) }
}
