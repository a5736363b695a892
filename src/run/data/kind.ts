import type {
  ColumnWish,
  CsvOptions,
  Encoding,
  GapsWish,
  PictureEncoding,
  PictureWishes,
  Source,
  SplitShares,
  Table,
  WeightsBy,
} from '../../data/node.ts'
import type { Density } from '../../density/index.ts'
import type { Named, Shape } from '../../engine/index.ts'
import type { RowBlocks } from '../../evaluation/index.ts'
import type { Moments } from '../../objective/index.ts'
import type { DataWords, ReportColumn } from '../../report/index.ts'
import type { DataMoments, UsualConditions } from '../../sampling/index.ts'
import type { HeldOutRows } from '../../training/index.ts'
import type { DataFacts } from '../config/defaults.ts'
import type { RunOptions } from '../config/schema.ts'
import type { Fingerprint } from '../folder/fingerprint.node.ts'
import type { RulesWish } from './rules-of-data.ts'

/** Data as a person names them: a source or a query, and how to read it. */
export interface DataAsked {
  /** Name in `dataKinds`, where a person names it. */
  readonly kind?: string | undefined
  readonly source?: string | undefined
  readonly sql?: string | undefined
  readonly csv?: CsvOptions | undefined
  readonly sheet?: string | undefined
  /** How pictures are read. */
  readonly pictures?: PictureWishes | undefined
}

/** What a person says of columns, of rules between them and of the split. */
export interface Wishes {
  readonly columns?: Readonly<Record<string, ColumnWish>> | undefined
  readonly rules?: RulesWish | undefined
  /** Words that fewer rows have do not come out. */
  readonly leastRowsPerWord?: number | undefined
  /** What a gap is; a value unless given. */
  readonly gaps?: GapsWish | undefined
  readonly split?: (Partial<SplitShares> & { readonly seed?: number | undefined }) | undefined
}

/** What a run knows of its data, the content of data.json: its kind says what else there is. */
export interface DataDescription {
  readonly version: number
  /** Name in `dataKinds`. */
  readonly kind: string
  readonly notes: readonly string[]
  /** Mean and covariance of the encoded training rows; absent of runs of releases before 0.6.0. */
  readonly moments?: DataMoments | undefined
}

/** A run's data: what was asked for, and what came of it. */
export interface RunData {
  readonly asked: DataAsked
  readonly description: DataDescription
}

/** How many rows are for what. */
export interface RowCounts {
  readonly all: number
  readonly training: number
  /** Rows that the weights were chosen by, and rows to report by. */
  readonly validation: number
  readonly test: number
  readonly weightsBy: WeightsBy
}

/** The rows of a run by what they were for, as rows of a table read again; of large data some of those learned from. */
export interface SplitTable {
  readonly table: Table
  readonly training: Int32Array
  readonly validation: Int32Array
  readonly test: Int32Array
}

/** A run's rows read again, and all of those learned from, of large data too. */
export interface OpenedSplit extends SplitTable {
  /** The rows learned from, block by block; `keep` says which rows of a table the model can take. */
  readonly learned: (keep: (table: Table, rows: Int32Array) => Int32Array) => RowBlocks
  /** Removes what lies on disk for it; to be called after use. */
  readonly dispose: () => Promise<void>
}

/** Data that a run was made on, as data.json describes them. */
export interface DescribedData {
  /** Names of the columns of the data. */
  readonly columns: readonly string[]
  /** Absent where every example is a fresh draw. */
  readonly counts: RowCounts | undefined
  /** What the rows are that a run is judged by, and all that it read: "test rows", "the data, …". */
  readonly says: { readonly test: string; readonly all: string }
  /** From the data to a model's points and back; read from the description when asked. */
  readonly encoding: () => Encoding
  /** The same of pictures, of data whose rows are pictures. */
  readonly pictures?: (() => PictureEncoding) | undefined
  /** The density itself, in the model's coordinates, where it is known. */
  readonly density?: (() => Density | undefined) | undefined
  /** Shape of each thing that a row is conditioned on, by name; nothing unless given. */
  readonly conditions?: Named<Shape> | undefined
  /** The conditions that a program gave beside the rows, by name, and how the model takes values told as text; absent where there are none. */
  readonly given?:
    | {
        readonly names: readonly string[]
        readonly encode: (texts: Readonly<Record<string, string>>) => Named<Float32Array>
        /** Conditions of rows of a sample where none are given, as `encoding` says them of the rows; absent where they must be given. */
        readonly usual?: UsualConditions | undefined
      }
    | undefined
  /** How each column came to the model, in words. */
  readonly reportColumns: () => readonly ReportColumn[]
  /**
   * Reads the rows again, from where the run read them.
   * Errors: those of reading, `data/changed` where they are not the same rows, `run/older-split`.
   */
  readonly split: (asked: DataAsked, seed: number) => Promise<OpenedSplit>
  /**
   * Reads all rows of these columns again, and no other column; absent where the rows are in no file.
   * Errors: those of `split`, but that rows may have changed places between columns.
   */
  readonly columnsAgain?: ((asked: DataAsked, names: readonly string[]) => Promise<Table>) | undefined
  /** Throws `data/changed` unless `now` are the same data, encoded alike; `run/older-split`. */
  readonly requireSame: (now: DataDescription) => void
  /** The description of the same rows, kept somewhere else. */
  readonly movedTo: (source: string) => DataDescription
}

/** Data made ready for training. */
export interface PreparedData {
  readonly description: DataDescription
  /** Settings of the data that were left open, as they were chosen. */
  readonly chosen: NonNullable<RunOptions['data']>
  readonly source: Source
  /** From the rows to the points that the source gives. */
  readonly encoding: Encoding
  /** Encoded rows that the weights are chosen by, and that are never trained on; a toy needs none. */
  readonly heldOut?: HeldOutRows | undefined
  readonly facts: DataFacts
  /** Weight of the guidance that draws have unless told, of a model that can be guided; off where it is absent. */
  readonly guidance?: number | undefined
  /** Mean and covariance of the encoded training rows; measured when asked. */
  readonly moments: () => Moments
  /** What was decided that a person may want to know. */
  readonly notes: readonly string[]
  /** Frees what lies on disk for it, after training. */
  readonly dispose?: (() => Promise<void>) | undefined
}

/**
 * A kind of data: how it is recognised, read, encoded, split, and what is said of it.
 *
 * What is known of one run's data is in its description (data.json), which the kind alone reads; everybody else asks
 * `DescribedData` and `Encoding`.
 */
export interface DataKind {
  readonly name: string
  readonly summary: string
  /** Whether data that are so named are of this kind. */
  readonly recognises: (asked: DataAsked) => boolean
  /** Whether rows are held out, so that a split can be told. */
  readonly isSplit: boolean
  /** Why `compare` cannot measure models of these data, and what can; absent where it can. */
  readonly notCompared?: { readonly message: string; readonly hint: string }
  /** What a model card and a report say of any data of this kind. */
  readonly words: DataWords
  /** A source by its whole name, so that the run finds it from any folder. */
  readonly absolute: (source: string) => string
  /** A name for a run of these data. */
  readonly runName: (asked: DataAsked) => string
  /** What these data are called in a report. */
  readonly title: (asked: DataAsked) => string
  /** SHA-256 of the data; undefined where there is no one file to take it of. */
  readonly fingerprint: (asked: DataAsked) => Promise<Fingerprint | undefined>
  /** Rows of these data as a table, and notes on reading; `like`: in the formats of a run's own data of this kind. */
  readonly read: (
    asked: DataAsked,
    like?: RunData,
  ) => Promise<{ readonly table: Table; readonly notes: readonly string[] }>
  /**
   * Reads and encodes the data, for training. `like`: a run's data of this kind, in whose formats these are read, and by whose
   * encoding they are encoded, whatever is wished.
   */
  readonly prepare: (
    asked: DataAsked & Wishes & { readonly seed: number; readonly like?: RunData | undefined },
  ) => Promise<PreparedData>
  /** What a description of this kind says. */
  readonly open: (description: DataDescription) => DescribedData
  /** What `inspect` says of data whose rows are no cells alone; a table is looked at column by column. */
  readonly inspect?: (asked: DataAsked) => Promise<Inspected>
  /** Where rows go that are no cells alone: a file or folder that could not be written is an error now. A table has formats. */
  readonly write?: (path: string | undefined) => Promise<RowWriter>
}

/** Data that were looked at. */
export interface Inspected {
  /** What a person reads, a paragraph or a row each. */
  readonly lines: readonly string[]
  /** The same as data. */
  readonly facts: Readonly<Record<string, unknown>>
  /** What a program may do with the data, as `train` takes it. */
  readonly settings: NonNullable<RunOptions['data']>
  /** Some of the data as a picture, a PNG file. */
  readonly sheet: Uint8Array
}

/** Rows on their way out. */
export interface RowWriter {
  /** Writes the rows; `first` is the index of the first. Gives what was written, as the end of a sentence "Wrote …". */
  readonly write: (table: Table, first: number) => Promise<string>
}
