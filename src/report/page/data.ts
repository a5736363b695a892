import type { Calendar, Table } from '../../data/index.ts'
import type {
  Estimate,
  Evaluation,
  LikelihoodFigures,
  PictureFigures,
  PrivacyFigures,
  ScoreDiagnosis,
  Utility,
} from '../../evaluation/index.ts'
import type { UsedWeights } from './steps.ts'

/** How one column came to the model, in words. */
export interface ReportColumn {
  readonly name: string
  /** The source's name of its type. */
  readonly type: string
  /** What it is to the model: a number, a category, a constant, left out … */
  readonly role: string
  /** How it is encoded, and why. */
  readonly encoding: string
}

/** What is said of a kind of data, whatever the run. */
export interface DataWords {
  /** The type of the data set in a model card's front matter. */
  readonly type: string
  /** What a row is called; a row unless given. */
  readonly one?: string
  /** What the real rows are that associations are measured on. */
  readonly measured: string
  /** Why no row can give anybody away, in a sentence; absent where one may. */
  readonly nobodys?: string
  /** Under which terms the data are, in a sentence; absent where they are not known. */
  readonly terms?: string
}

/** What was learned from. */
export interface ReportSource {
  /** What is said of its kind. */
  readonly words: DataWords
  /** A file's name, a pattern, a query, a toy. */
  readonly name: string
  readonly rows: number | null
  readonly trainingRows: number | null
  /** Rows that the weights were chosen by, and rows to report by. */
  readonly validationRows: number | null
  readonly testRows: number | null
  readonly columns: readonly ReportColumn[]
  readonly notes: readonly string[]
  /** SHA-256 of the file, in hexadecimal. */
  readonly sha256?: string | undefined
}

/** Losses of a training, as its log holds them. */
export interface ReportTraining {
  readonly loss: { readonly step: readonly number[]; readonly loss: readonly number[] }
  readonly heldOut: {
    readonly step: readonly number[]
    readonly loss: readonly number[]
    readonly standardError: readonly (number | null)[]
  }
  /** Of the last evaluation; null where a bin had no example. */
  readonly byNoiseLevel?: {
    readonly sigma: readonly number[]
    readonly loss: readonly (number | null)[]
    readonly count: readonly number[]
  }
  readonly steps: number
  /** Name of the run whose weights it started from; absent where it started anew. */
  readonly startedFrom?: string
  /** Why it ended: finished, early-stop, interrupted; absent where the log does not say. */
  readonly reason?: string
  readonly seconds?: number
  readonly parameters?: number
  /** The weights that were judged. */
  readonly weights: UsedWeights
}

/** A row that stands out, as cells of the real table's columns. */
export interface ReportRow {
  readonly cells: readonly (number | string | null)[]
  /** Log-density in nats, or the judge's probability that the row is synthetic. */
  readonly value: number
}

/** Rows worth looking at. */
export interface ReportRows {
  readonly columns: readonly {
    readonly name: string
    readonly calendar?: Calendar
    readonly decimals?: number
  }[]
  /** Those first that are worst. */
  readonly rows: readonly ReportRow[]
  /** Of how many. */
  readonly among: number
}

/** How strongly each pair of columns goes together, in real and in synthetic rows. */
export interface ReportAssociations {
  /** What the numbers are: Pearson’s correlation … */
  readonly measure: string
  /** Whether numbers go from −1 to 1; else from 0 to 1. */
  readonly signed: boolean
  readonly columns: readonly string[]
  /** [d][d], symmetric; null where there is no figure. */
  readonly real: readonly (readonly (number | null)[])[]
  readonly synthetic: readonly (readonly (number | null)[])[]
}

/** Pictures side by side, as a PNG file. */
export interface Sheet {
  readonly png: Uint8Array
  /** How many are to be looked at, of samples: one a row, where others stand beside it. */
  readonly count: number
}

/** Pictures that a report shows. */
export interface PictureSheets {
  /** Of each label, or one of all. */
  readonly groups: readonly {
    readonly label?: string
    /** Absent where there is none. */
    readonly synthetic: Sheet | undefined
    readonly real: Sheet | undefined
  }[]
  /** A row for each of some synthetic pictures: itself, and so many training pictures nearest to it by features and by pixels. */
  readonly nearest: Sheet & { readonly neighbours: number; readonly byFeatures: boolean }
}

/** Everything that a report and a model card are made of: plain data. */
export interface ReportData {
  readonly run: {
    readonly name: string
    /** ISO 8601, UTC; empty where unknown. */
    readonly created: string
    readonly seed: number
    readonly versions: Readonly<Record<string, string>>
    /** The words after `scorefield`. */
    readonly commandLine: readonly string[]
    /** Path and value of every setting. */
    readonly settings: readonly (readonly [path: string, value: string])[]
  }
  readonly machine: { readonly threads: number; readonly processor: string; readonly memoryBytes: number }
  readonly source: ReportSource
  readonly training: ReportTraining
  readonly evaluation: {
    /** What it was judged by: held-out rows, or the name of a file. */
    readonly against: string
    /** Whether the same rows chose the weights. */
    readonly choseWeights?: boolean
    /** Absent where the family has no log-density. */
    readonly likelihood?: LikelihoodFigures | undefined
    readonly samples?: Evaluation
    /** What is measured of pictures only. */
    readonly pictures?: PictureFigures | undefined
    /** How the model's score is; absent in older evaluations. */
    readonly diagnosis?: ScoreDiagnosis
    readonly baselineSamples?: readonly {
      readonly name: string
      readonly classifier: Estimate
      /** Rows of either side; absent in older evaluations. */
      readonly rows?: number
    }[]
  }
  /** Absent in older evaluations. */
  readonly privacy?: PrivacyFigures
  /** Absent in older evaluations, and where there is nothing to predict. */
  readonly utility?: Utility
  /** Real and synthetic rows that overlays and maps are drawn from; the same columns in the same order. */
  readonly tables: { readonly real: Table; readonly synthetic: Table; readonly realAre: string }
  /** Absent in older evaluations. */
  readonly associations?: ReportAssociations
  readonly leastLikely?: ReportRows
  readonly mostRecognisable?: ReportRows
  /** Of a run of pictures; the sections of cells are left out then. */
  readonly pictures?: PictureSheets
}
