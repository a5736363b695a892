import type { BinnedRows } from './bins.ts'

/** Of one bin or node: Σ gradient, Σ curvature, number of rows. */
export const sumsPerBin = 3

export interface Sums {
  readonly gradient: number
  readonly curvature: number
  readonly rows: number
}

export interface Split {
  readonly column: number
  /** Rows whose bin is at most this go left. */
  readonly bin: number
  /** Whether rows with a gap go left, too. */
  readonly gapsLeft: boolean
  readonly left: Sums
  readonly right: Sums
  readonly gain: number
}

/** What a split must have. */
export interface SplitLimits {
  /** Rows that a leaf holds, at least. */
  readonly leastRows: number
  /** λ ≥ 0, the penalty ½λw² on a leaf's value w. */
  readonly penalty: number
}

/** Gains below this share of what a leaf gains without a split are rounding. */
const leastGain = 1e-12
/** Curvature that a leaf holds at least, as in scikit-learn: of rows that are sure, steps would be endless. */
const leastCurvature = 1e-3

/**
 * The split of the largest gain G_l²/(H_l+λ) + G_r²/(H_r+λ) − G²/(H+λ) over all columns and thresholds, gaps on either side
 * (Chen & Guestrin 2016); undefined where none gains. Of equal gains the first column's lowest bin wins.
 * histogram: [dimension, width, 3].
 */
export function bestSplit(
  rows: BinnedRows,
  histogram: Float64Array,
  all: Sums,
  limits: SplitLimits,
): Split | undefined {
  const { dimension, width, thresholds, gapBins } = rows
  const { leastRows, penalty } = limits
  const alone = strength(all.gradient, all.curvature, penalty)
  let best = leastGain * alone
  let [column, bin, gapsLeft] = [-1, 0, false]
  let [bestGradient, bestCurvature, bestRows] = [0, 0, 0]
  for (let c = 0; c < dimension; c++) {
    const bins = thresholds[c]!.length
    const gapBin = gapBins[c]!
    const gapAt = (c * width + gapBin) * sumsPerBin
    const [gapGradient, gapCurvature, gapRows] =
      gapBin < 0 ? [0, 0, 0] : [histogram[gapAt]!, histogram[gapAt + 1]!, histogram[gapAt + 2]!]
    for (let side = 0; side < (gapRows > 0 ? 2 : 1); side++) {
      // First gaps right of every threshold, and of none; then left.
      let [gradient, curvature, count] = side === 0 ? [0, 0, 0] : [gapGradient, gapCurvature, gapRows]
      const last = side === 0 && gapRows > 0 ? bins + 1 : bins
      for (let b = 0; b < last; b++) {
        const at = (c * width + b) * sumsPerBin
        gradient += histogram[at]!
        curvature += histogram[at + 1]!
        count += histogram[at + 2]!
        if (count < leastRows || curvature < leastCurvature) continue
        if (all.rows - count < leastRows || all.curvature - curvature < leastCurvature) break
        const gain =
          strength(gradient, curvature, penalty) +
          strength(all.gradient - gradient, all.curvature - curvature, penalty) -
          alone
        if (!(gain > best)) continue
        best = gain
        column = c
        bin = b
        gapsLeft = side === 1
        bestGradient = gradient
        bestCurvature = curvature
        bestRows = count
      }
    }
  }
  if (column < 0) return undefined
  const left = { gradient: bestGradient, curvature: bestCurvature, rows: bestRows }
  const right = {
    gradient: all.gradient - left.gradient,
    curvature: all.curvature - left.curvature,
    rows: all.rows - left.rows,
  }
  // A gap that was never seen here goes where most rows go.
  const unseen = gapBins[column]! < 0 && left.rows >= right.rows
  return { column, bin, gapsLeft: gapsLeft || unseen, left, right, gain: best }
}

function strength(gradient: number, curvature: number, penalty: number): number {
  return gradient === 0 ? 0 : (gradient * gradient) / (curvature + penalty)
}
