import { ScorefieldError } from '../../../engine/error.ts'
import { columnsOfKind, completeRows, type Table } from '../table.ts'

/**
 * Throws unless a model can be trained on the rows `rowIndices` of `table`.
 *
 * `data/no-numeric-column`; `data/all-gaps`: no row is complete; `data/too-few-rows`: fewer than two rows, or fewer than two
 * complete ones. Columns that have no value in any row don't count.
 */
export function requireTrainable(table: Table, rowIndices: Int32Array): void {
  const where = table.source
  const numbers = columnsOfKind(table, 'number')
  if (numbers.length === 0) {
    const names = table.columns.map(({ name, type }) => `${name} (${type})`)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/no-numeric-column',
      message: `${where} has no column of numbers: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}.`,
      where,
      hint: `If it does, look at its separators: '1,5' is text unless the decimal separator is said to be a comma.`,
    })
  }
  const filled = numbers.filter((column) => rowIndices.some((row) => !Number.isNaN(column.values[row])))
  const isComplete = new Set(completeRows(table.rowCount, filled))
  const complete = rowIndices.reduce((count, row) => count + (isComplete.has(row) ? 1 : 0), 0)
  if (rowIndices.length > 0 && (filled.length === 0 || complete === 0)) {
    const worst = numbers
      .map(({ name, values }) => ({
        name,
        gaps: rowIndices.reduce((count, row) => count + (Number.isNaN(values[row]) ? 1 : 0), 0),
      }))
      .sort((a, b) => b.gaps - a.gaps)
      .filter(({ gaps }) => gaps > 0)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/all-gaps',
      message: `Every one of the ${rowIndices.length} rows of ${where} has a gap.`,
      where,
      hint: `Leave out the emptiest columns: ${worst
        .slice(0, 3)
        .map(({ name, gaps }) => `'${name}' (${gaps} gaps)`)
        .join(', ')}.`,
    })
  }
  if (complete < 2) {
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/too-few-rows',
      message: `${where} has ${complete} ${complete === 1 ? 'row' : 'rows'} without gaps; a model needs at least 2.`,
      where,
      hint: 'A few hundred rows are where learning becomes worthwhile.',
    })
  }
}
