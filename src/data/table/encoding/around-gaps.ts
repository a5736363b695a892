import { ScorefieldError } from '../../../base/index.ts'
import { type Column, columnWords, isGap, type Table } from '../table.ts'
import type { ColumnEncoding, PreparedColumn } from './column-encoding.ts'
import { some } from './columns-of.ts'

/** Which cells of a column are gaps. */
function gapsIn(column: Column): readonly boolean[] {
  return Array.from({ length: column.values.length }, (_, row) => isGap(column, row))
}

/** The column's cells that have a value, as a shorter column; the column itself where none has. */
export function withoutGaps(column: Column): Column {
  const gaps = gapsIn(column)
  if (!gaps.includes(true) || !gaps.includes(false)) return column
  const isThere = (_: unknown, row: number): boolean => !gaps[row]
  return column.kind === 'text'
    ? { ...column, values: column.values.filter(isThere) }
    : { ...column, values: column.values.filter(isThere) }
}

/** Codes of cells that nobody knows: NaN. */
function unknownCells(width: number): PreparedColumn {
  return {
    write: (rows, { values, offset, stride }) => {
      for (let i = 0; i < rows.length; i++)
        for (let k = 0; k < width; k++) values[offset + i * stride + k] = Number.NaN
    },
  }
}

/** A column made ready with NaN for the codes of its gaps, and of all its cells where there is no column. */
export function preparedAroundGaps(encoding: ColumnEncoding, column: Column | undefined): PreparedColumn {
  const gaps = column ? gapsIn(column) : []
  const first = gaps.indexOf(false)
  if (!column || first < 0) return unknownCells(encoding.width)
  if (!gaps.includes(true)) return encoding.prepare(column)
  // What the encoder sees where nothing is known; its code is not used.
  const filled: Column =
    column.kind === 'text'
      ? { ...column, values: column.values.map((value) => value ?? column.values[first]!) }
      : {
          ...column,
          values: column.values.map((value) => (Number.isNaN(value) ? column.values[first]! : value)),
        }
  const prepared = encoding.prepare(filled)
  const unknown = unknownCells(encoding.width)
  return {
    write: (rows, codes, noise) => {
      prepared.write(rows, codes, noise)
      for (let i = 0; i < rows.length; i++)
        if (gaps[rows[i]!])
          unknown.write(rows.subarray(i, i + 1), { ...codes, offset: codes.offset + i * codes.stride })
    },
  }
}

/** Whether a column's encoding takes a cell, gaps being unknown. */
export function canEncodeOrIsGap(encoding: ColumnEncoding, column: Column, row: number): boolean {
  return isGap(column, row) || encoding.canEncode(column, row)
}

/** Throws `data/gap` and `data/unknown-category` unless `takes` says that every cell of these columns can be encoded. */
export function requireEncodable(
  chosen: Table,
  rowIndices: Int32Array,
  takes: (column: Column, row: number) => boolean,
): void {
  const gaps: string[] = []
  const strange: string[] = []
  for (const column of chosen.columns)
    for (let row = 0; row < chosen.rowCount; row++) {
      if (takes(column, row)) continue
      const where = `row ${rowIndices[row]! + 1} of '${column.name}'`
      const word = columnWords(column, row)[0]
      if (word === null) gaps.push(where)
      else strange.push(`${where} is '${word}'`)
    }
  if (gaps.length > 0)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/gap',
      message: `${chosen.source} has gaps where the model was trained on none: ${some(gaps)}.`,
      where: `${chosen.source}, ${gaps[0]}`,
      hint: 'Fill them first, or leave these rows out.',
    })
  if (strange.length > 0)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/unknown-category',
      message: `${chosen.source} has categories that the model was not trained on: ${some(strange)}.`,
      where: `${chosen.source}, ${strange[0]}`,
      hint: 'Leave these rows out, or train on data that have them.',
    })
}
