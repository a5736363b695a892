import type { RowMean } from '../compare-log-densities.ts'
import type { Evaluation, Figure } from '../evaluate-rows.ts'
import type { PictureFigures } from '../pictures/picture-figures.ts'
import type { StoredPrivacy } from '../privacy/index.ts'
import type { Utility } from '../utility.ts'

/** Mean log-density of rows that were never trained on, beside that of simple densities fitted to the same training rows. */
export interface LikelihoodFigures {
  /** Whether the model's figures are lower bounds: then it may be better than they say, and is never called worse. */
  readonly isBound?: boolean
  readonly model: RowMean
  /** Of pictures: −log₂ of the density for each number of a picture, an upper bound of the bits that it takes. */
  readonly bitsPerDimension?: RowMean
  readonly baselines: readonly {
    readonly name: string
    readonly summary: string
    readonly logDensity: RowMean
    /** Model minus baseline, paired by row: above 0 the model is better. */
    readonly advantage: RowMean
  }[]
}

/** Whether rows that were learned from can be found again in the synthetic ones; older evaluations hold fewer figures. */
export type PrivacyFigures = StoredPrivacy

/** The figures of a run that facts are made of: what `evaluateRun` returns and evaluation.json holds. */
export interface Evidence {
  /** What the run was judged by: held-out rows, or the name of a file. */
  readonly against: string
  /** Whether the same rows chose the weights. */
  readonly choseWeights?: boolean
  /** Absent where the family has no log-density. */
  readonly likelihood?: LikelihoodFigures | undefined
  /** Absent, as all below, where there were too few rows, and in evaluations of older releases. */
  readonly samples?: Evaluation
  readonly utility?: Utility
  readonly privacy?: PrivacyFigures
  /** What is measured of pictures only. */
  readonly pictures?: PictureFigures | undefined
}

/** A sentence of rows, of what was judged: pictures are called so. */
export function called(sentence: string, { pictures }: Pick<Evidence, 'pictures'>): string {
  if (pictures === undefined) return sentence
  return sentence
    .replace('The table is small', 'The pictures are few')
    .replaceAll(/\brow(s?)\b/g, 'picture$1')
}

/** A metric's figure of all columns together. */
export function wholeFigure({ samples }: Evidence, metric: string): Figure | undefined {
  return samples?.figures.find((figure) => figure.metric === metric && figure.column === undefined)
}
