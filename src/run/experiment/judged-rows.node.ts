import { type Table, takeRows } from '../../data/index.ts'
import type { RowBlocks } from '../../evaluation/index.ts'
import { evenly } from '../data/evenly.ts'
import type { DataAsked } from '../data/kind.ts'
import { type OpenedModel, openSplit, readOthers } from './open-model.node.ts'

/** Rows that baselines learn from, and of another table to judge by, at most. */
const mostRows = 5000

/** Rows to judge by: as they are, and encoded [n, w]. */
export interface JudgedRows {
  readonly table: Table
  readonly encoded: Float32Array
  readonly count: number
}

/** What a run is judged by. */
export interface RowsToJudgeBy {
  /** Training rows that figures are computed from, and all of them. */
  readonly training: JudgedRows
  readonly learned: RowBlocks
  readonly heldOut: JudgedRows
  /** Where the held-out rows are from, and whether they also chose the weights. */
  readonly source: string
  readonly choseWeights: boolean
  readonly dispose: () => Promise<void>
}

/** The rows that a run is judged by: its own test rows, or those of other data. */
export async function judgedRows(
  opened: OpenedModel,
  against: DataAsked | undefined,
  onNote?: (note: string) => void,
): Promise<RowsToJudgeBy> {
  const others = isNamed(against) ? await readOthers(opened, against) : undefined
  const split = await openSplit(opened)
  const encodable = (table: Table, rows: Int32Array): Int32Array => opened.encoding.encodableRows(table, rows)
  // Figures of samples are of all training rows; baselines learn from some of them, encoded.
  const training = {
    ...rowsFor(opened, split.table, evenly(split.training, mostRows)),
    table: takeRows(split.table, encodable(split.table, split.training)),
  }
  const { dispose } = split
  const learned = split.learned(encodable)
  if (others === undefined) {
    const { says, counts } = opened.data
    const heldOut = rowsFor(opened, split.table, split.test)
    return {
      training,
      learned,
      heldOut,
      source: says.test,
      choseWeights: counts?.weightsBy === 'test',
      dispose,
    }
  }
  const { table, notes } = others
  for (const note of notes) onNote?.(note)
  const all = evenly(
    Int32Array.from({ length: table.rowCount }, (_, row) => row),
    mostRows,
  )
  return {
    training,
    learned,
    heldOut: rowsFor(opened, table, all),
    source: table.source,
    choseWeights: false,
    dispose,
  }
}

/** Whether a source or a query is named at all. */
export function isNamed(asked: DataAsked | undefined): asked is DataAsked {
  return asked?.source !== undefined || asked?.sql !== undefined
}

/** Rows of a table that the model can take, as they are and encoded; dequantised once, as training sees them. */
function rowsFor(opened: OpenedModel, table: Table, rowIndices: Int32Array): JudgedRows {
  const { encoding } = opened
  const complete = encoding.encodableRows(table, rowIndices)
  return {
    table: takeRows(table, complete),
    encoded: encoding.encode(table, {
      rowIndices: complete,
      dequantiseSeed: opened.run.config.seed,
      first: 0,
    }),
    count: complete.length,
  }
}

/** Names of the columns that the model says something of, itself or by a rule: constant ones say nothing of it. */
export function modelledColumns(opened: OpenedModel): string[] {
  return opened.encoding.columns
    .filter(({ width, computed }) => width > 0 || computed)
    .map(({ name }) => name)
}
