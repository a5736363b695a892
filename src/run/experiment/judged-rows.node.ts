import { type Table, takeRows } from '../../data/index.ts'
import { toyByName } from '../../density/index.ts'
import { blocksOf, type RowBlocks } from '../../evaluation/index.ts'
import { columnNames } from './data-description.ts'
import { evenly } from './evenly.ts'
import { type OpenedModel, rowsToTable } from './open-model.node.ts'
import { openSplit, type Reading } from './prepare.node.ts'
import { readOthers } from './read-others.node.ts'

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

/** The rows that a run is judged by: its own test rows, or those of another table. */
export async function judgedRows(
  opened: OpenedModel,
  against: Reading | undefined,
  onNote?: (note: string) => void,
): Promise<RowsToJudgeBy> {
  const { description, run } = opened
  if (description.kind === 'toy') {
    const toy = toyByName(description.toy)
    const draw = (seed: number): JudgedRows => {
      const values = toy.sample({ seed, first: 0, count: 2000 })
      const encoded = Float32Array.from(values)
      return { table: rowsToTable(opened, encoded, 2000), encoded, count: 2000 }
    }
    const training = draw(run.config.seed)
    return {
      training,
      learned: blocksOf(training.table),
      heldOut: draw(run.config.seed + 3),
      source: `fresh draws of ${toy.name}`,
      choseWeights: false,
      dispose: async () => {},
    }
  }
  const others =
    against?.source === undefined && against?.sql === undefined
      ? undefined
      : await readOthers(opened, against)
  const split = await openSplit(description, run.config.data)
  // Figures of samples are of all training rows; baselines learn from some of them, encoded.
  const training = {
    ...rowsFor(opened, split.table, evenly(split.training, mostRows)),
    table: takeRows(split.table, opened.encoding!.encodableRows(split.table, split.training)),
  }
  const learned = split.learned((table, rows) => opened.encoding!.encodableRows(table, rows))
  if (others === undefined)
    return {
      training,
      learned,
      heldOut: rowsFor(opened, split.table, split.test),
      source: 'test rows',
      choseWeights: description.split.weightsBy === 'test',
      dispose: split.dispose,
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
    dispose: split.dispose,
  }
}

/** Rows of a table that the model can take, as they are and encoded; dequantised once, as training sees them. */
function rowsFor(opened: OpenedModel, table: Table, rowIndices: Int32Array): JudgedRows {
  const encoding = opened.encoding!
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
  return opened.encoding
    ? opened.encoding.columns.filter(({ width, computed }) => width > 0 || computed).map(({ name }) => name)
    : columnNames(opened.description)
}
