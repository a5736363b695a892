import type { RowMean } from '../compare-log-densities.ts'
import type { Evaluation, Figure } from '../evaluate-rows.ts'
import type { Estimate } from '../statistics/estimate.ts'
import type { Utility } from '../utility.ts'

/** Mean log-density of rows that were never trained on, beside that of simple densities fitted to the same training rows. */
export interface LikelihoodFigures {
  readonly model: RowMean
  readonly baselines: readonly {
    readonly name: string
    readonly summary: string
    readonly logDensity: RowMean
    /** Model minus baseline, paired by row: above 0 the model is better. */
    readonly advantage: RowMean
  }[]
}

/** Whether rows that were learned from can be found again in the synthetic ones. */
export interface PrivacyFigures {
  /** Synthetic rows that are a copy of a training row, how many held-out rows are one, and of how many each. */
  readonly copies: {
    readonly synthetic: number
    readonly syntheticRows: number
    readonly heldOut: number
    readonly heldOutRows: number
  }
  /** Area under the curve of telling training rows from held-out rows by their distance to the synthetic ones; ½: nothing leaks. */
  readonly membership: Estimate
  /** Distance to the closest training row, in standard deviations: medians, and what one row in twenty lies below. */
  readonly closest?: {
    readonly synthetic: { readonly median: number; readonly low: number }
    readonly heldOut: { readonly median: number; readonly low: number }
  }
  /** Share of synthetic rows nearer to a training row than to any of as many held-out rows; ½: nothing leaks. */
  readonly nearer?: Estimate
}

/** The figures of a run that facts are made of: what `evaluateRun` returns and evaluation.json holds. */
export interface Evidence {
  /** What the run was judged by: held-out rows, or the name of a file. */
  readonly against: string
  /** Whether the same rows chose the weights. */
  readonly choseWeights?: boolean
  readonly likelihood: LikelihoodFigures
  /** Absent, as all below, where there were too few rows, and in evaluations of older releases. */
  readonly samples?: Evaluation
  readonly utility?: Utility
  readonly privacy?: PrivacyFigures
}

/** A metric's figure of all columns together. */
export function wholeFigure({ samples }: Evidence, metric: string): Figure | undefined {
  return samples?.figures.find((figure) => figure.metric === metric && figure.column === undefined)
}
