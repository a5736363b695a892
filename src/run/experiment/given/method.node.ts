import type { Table } from '../../../data/node.ts'
import type { Guidance } from '../../../sampling/index.ts'
import type { OpenedModel } from '../open-model.node.ts'
import type { ConditionalSample, WhereOptions } from '../sample-where.node.ts'

/** A column that shall have one value, as a person writes both. */
export interface GivenCell {
  readonly name: string
  /** The value as text; empty for a gap. */
  readonly text: string
}

/** What rows shall be like. */
export interface AskedRows {
  /** Columns that shall have one value. */
  readonly given: readonly GivenCell[]
  /** A condition that rows shall fulfil, as SQL; that of `given` is not part of it. */
  readonly where?: string | undefined
  /** Both together, as SQL; undefined where nothing is asked but conditions that are no columns. */
  readonly condition: string | undefined
  /** Any rows of the run's columns. */
  readonly columns: Table
  /** Classifier-free guidance. */
  readonly guidance?: Guidance | undefined
}

/** How rows are drawn that are asked for. */
export interface AskedDrawing extends Omit<WhereOptions, 'condition' | 'told'> {
  /** Index of the first row. */
  readonly first?: number | undefined
}

/** A way to draw rows that are like what is asked: a record, found by its name. */
export interface GivenMethod {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Whether it draws more rows than it keeps. */
  readonly searches: boolean
  /** Why it cannot do it, in a sentence; undefined where it can. */
  readonly cannot: (opened: OpenedModel, asked: AskedRows) => string | undefined
  /** Why it is taken, in a sentence. */
  readonly why: (opened: OpenedModel, asked: AskedRows) => string
  readonly draw: (opened: OpenedModel, asked: AskedRows, drawing: AskedDrawing) => Promise<ConditionalSample>
}
