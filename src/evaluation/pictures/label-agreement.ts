import type { Estimate } from '../statistics/estimate.ts'
import { shareEstimate } from '../statistics/shares.ts'

/** How often pictures are what their labels say, by a classifier that learned from real ones. */
export interface LabelAgreement extends Estimate {
  /** The same of real pictures that the classifier never saw: what a perfect generator would get. */
  readonly floor: Estimate
  /** Labelled pictures of the side that has fewer. */
  readonly rows: number
  /** Of each class, in the order of the classes. */
  readonly classes: readonly ClassAgreement[]
}

/** The same of the pictures of one label. */
export interface ClassAgreement extends Estimate {
  readonly label: string
  readonly rows: number
  readonly floor: Estimate
  readonly floorRows: number
  /** The other label that the classifier says most often of these pictures; absent where it says none. */
  readonly mistakenFor?: string | undefined
}

/** Labels of pictures and what the classifier says of each, as places of classes; −1 for no label. */
export interface Judgements {
  readonly labels: ArrayLike<number>
  readonly said: ArrayLike<number>
}

/**
 * Label agreement: the share of pictures drawn under label k of which the classifier says k, per class and of all, with Wilson's
 * interval (Wilson 1927). Beside it the classifier's accuracy on real pictures, which it never saw. With classes as conditions and
 * an accurate classifier it is the classification accuracy score the other way round (Ravuri & Vinyals 2019).
 * Pictures without a label are left out.
 */
export function labelAgreement(given: {
  readonly names: readonly string[]
  readonly synthetic: Judgements
  readonly real: Judgements
}): LabelAgreement {
  const { names, synthetic, real } = given
  const [made, held] = [synthetic, real].map((judged) => countsOf(judged, names.length)) as [Counts, Counts]
  return {
    ...shareOf(total(made.right), total(made.rows)),
    floor: shareOf(total(held.right), total(held.rows)),
    rows: Math.min(total(made.rows), total(held.rows)),
    classes: names.map((label, k) => {
      const others = made.said[k]!.map((count, other) => (other === k ? 0 : count))
      const most = Math.max(...others)
      return {
        label,
        ...shareOf(made.right[k]!, made.rows[k]!),
        rows: made.rows[k]!,
        floor: shareOf(held.right[k]!, held.rows[k]!),
        floorRows: held.rows[k]!,
        ...(most > 0 ? { mistakenFor: names[others.indexOf(most)] } : {}),
      }
    }),
  }
}

interface Counts {
  readonly rows: number[]
  readonly right: number[]
  /** How often it says each class of the pictures of each label. */
  readonly said: number[][]
}

function countsOf({ labels, said }: Judgements, classes: number): Counts {
  const zeros = (): number[] => new Array<number>(classes).fill(0)
  const counts = { rows: zeros(), right: zeros(), said: Array.from({ length: classes }, zeros) }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!
    if (label < 0) continue
    counts.rows[label]!++
    counts.said[label]![said[i]!]!++
    if (said[i] === label) counts.right[label]!++
  }
  return counts
}

function shareOf(right: number, rows: number): Estimate {
  return shareEstimate(rows === 0 ? 0 : right / rows, rows)
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
