import type {
  Associations,
  Estimate,
  Evaluation,
  PictureFigures,
  Privacy,
  RowMean,
  ScoreDiagnosis,
  Utility,
  Verdict,
} from '../../evaluation/index.ts'
import type { ReportData } from '../../report/index.ts'
import type { DataAsked } from '../data/kind.ts'
import type { RowsToJudgeBy } from '../experiment/judged-rows.node.ts'
import type { OpenedModel } from '../experiment/open-model.node.ts'

/** Fewest rows of each side that the figures of samples need. */
export const fewestRows = 40

/** Log-likelihood of rows never trained on, of the model and of its baselines, on the same encoded rows. */
export interface LikelihoodComparison {
  /** Whether the model's are lower bounds. */
  readonly isBound?: boolean
  /** Mean log-density of the model, nats a row, in the data's own units. */
  readonly model: RowMean
  /**
   * Mean log of the volume of a row's cell, nats, where every column is rounded or a category: mean log-density + this is a lower
   * bound of the mean log-probability of the rows as they are written (Theis et al. 2016), for model and baselines alike.
   */
  readonly logCell?: number
  /**
   * Of pictures: an upper bound of the mean −log₂ P of a picture over its number of bytes (uniform dequantisation, Theis et al. 2016);
   * of a lower bound of the density, a looser one.
   */
  readonly bitsPerDimension?: RowMean
  readonly baselines: readonly {
    readonly name: string
    readonly summary: string
    readonly logDensity: RowMean
    /** Model minus baseline, paired by row: above 0 the model is better. */
    readonly advantage: RowMean
  }[]
}

/** Everything that `evaluate` finds out of a run; plain data, written to evaluation.json. */
export interface RunEvaluation {
  readonly run: string
  readonly weights: OpenedModel['weights']
  readonly against: string
  /** Whether the rows also chose the weights, as those of a small table do: then figures are a little too good. */
  readonly choseWeights: boolean
  /** Absent where the family has no log-density. */
  readonly likelihood?: LikelihoodComparison | undefined
  /** Figures of samples; absent, as all below, where there are too few rows to compare. */
  readonly samples?: Evaluation
  /** How well a classifier tells samples of each baseline from real rows, measured as for the model's. */
  readonly baselineSamples?: readonly {
    readonly name: string
    readonly classifier: Estimate
    /** Rows of either side; absent in evaluations of older releases. */
    readonly rows?: number
  }[]
  /** Train on synthetic, test on real; absent also where no column can be predicted. */
  readonly utility?: Utility
  readonly privacy?: Privacy
  readonly associations?: Associations
  /** How its score is; absent where it has none, and in evaluations of older releases. */
  readonly diagnosis?: ScoreDiagnosis
  /** What is measured of pictures only. */
  readonly pictures?: PictureFigures
  /** What the figures show, in marks and words; made of them, and absent in evaluations of older releases. */
  readonly verdict?: Verdict
}

/** How a run is evaluated. */
export interface EvaluateRunOptions {
  readonly against?: DataAsked | undefined
  /** Rows whose log-density is computed, at most; by what one costs unless given (`likelihoodRows`). */
  readonly likelihoodRows?: number | undefined
  /** The column that predictors are trained for; proposed by `proposeTarget` unless given. */
  readonly target?: string | undefined
  /** Samples drawn, at most; as the kind of data has it unless given. */
  readonly samples?: number | undefined
  readonly seed?: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (what: string, done: number, total: number) => void
  /** Told what was decided in reading `against`, a sentence each. */
  readonly onNote?: (note: string) => void
}

/** What is found out of the model besides what names it. */
export type Judgement = Omit<RunEvaluation, 'run' | 'weights' | 'against' | 'choseWeights' | 'verdict'>

/** What a report is made for besides the run. */
export interface ReportOptions {
  readonly evaluation: RunEvaluation
  /** The rows that the evaluation judged by, unless the run's own. */
  readonly against?: DataAsked | undefined
  /** Seed of the evaluation, so that the rows shown are among those that it judged; 0 unless given. */
  readonly seed?: number
  readonly signal?: AbortSignal | undefined
}

/** What of a report is shown of the rows themselves. */
export type ShownRows = Pick<ReportData, 'tables' | 'leastLikely' | 'mostRecognisable' | 'pictures'>

/** How models of one kind of rows are judged, and what a report shows of their rows. */
export interface Judge {
  /** Whether the run's rows are of this kind. */
  readonly takes: (opened: OpenedModel) => boolean
  readonly judge: (
    judged: RowsToJudgeBy,
    opened: OpenedModel,
    options: EvaluateRunOptions,
  ) => Promise<Judgement>
  readonly show: (opened: OpenedModel, options: ReportOptions) => Promise<ShownRows>
}
