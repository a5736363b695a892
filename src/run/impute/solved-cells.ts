import {
  type Column,
  inGaps,
  isGap,
  type KnownCells,
  knownCells,
  solveGaps,
  type Table,
  type TableEncoding,
} from '../../data/index.ts'

/** What is known of a table after all gaps are filled that need no draw: by rules, and in columns of one value. */
export function solvedKnownCells(
  encoding: TableEncoding,
  given: Table,
): { readonly cells: KnownCells; readonly notes: readonly string[] } {
  const { table } = knownCells(encoding, given)
  const { table: constant, filled: constants } = withConstants(encoding, table)
  const { table: solved, filled } = solveGaps(constant, encoding.rules)
  const cells = knownCells(encoding, solved)
  const notes = [
    ...(filled > 0
      ? [
          `${cellsOf(filled)} follow${filled === 1 ? 's' : ''} from the other columns by rules that the training data keep.`,
        ]
      : []),
    ...(constants > 0 ? [`${cellsOf(constants)} of columns with one value throughout got it.`] : []),
    ...emptyRows(encoding, cells),
    ...cells.strange.map(
      ({ column, words, rows }) =>
        `'${column}' holds words that the model does not know (${words.map((word) => `'${word}'`).join(', ')}; ${rows} ${rows === 1 ? 'row' : 'rows'}): they stay, and say nothing of the other columns.`,
    ),
    ...unfilled(encoding, cells.table),
  ]
  return { cells, notes }
}

function cellsOf(count: number): string {
  return `${count} ${count === 1 ? 'cell' : 'cells'}`
}

/** Columns of one value throughout, which is the value of their gaps, too. */
function withConstants(encoding: TableEncoding, table: Table): { table: Table; filled: number } {
  const names = new Set(
    encoding.columns.flatMap(({ name, encoder }) => (encoder === 'constant' ? [name] : [])),
  )
  if (names.size === 0) return { table, filled: 0 }
  const made = new Map(
    encoding
      .decode(new Float32Array(encoding.width * table.rowCount), table.rowCount)
      .columns.map((column) => [column.name, column]),
  )
  let filled = 0
  const columns = table.columns.map((column): Column => {
    const other = names.has(column.name) ? made.get(column.name) : undefined
    if (other === undefined) return column
    const found = inGaps(column, other)
    filled += found.count
    return found.column
  })
  return { table: { ...table, columns }, filled }
}

/** A row of which nothing is known is drawn as any new row is. */
function emptyRows(encoding: TableEncoding, { table, rows }: KnownCells): string[] {
  const modelled = table.columns.filter(({ name }) => encoding.columnRange(name) !== undefined)
  const empty = [...rows].filter((row) => modelled.every((column) => isGap(column, row)))
  if (empty.length === 0) return []
  const [first] = empty
  return [
    empty.length === 1
      ? `Row ${first! + 1} has nothing but gaps: it is filled as a new row.`
      : `${empty.length} rows have nothing but gaps (the first is row ${first! + 1}): they are filled as new rows.`,
  ]
}

/** Gaps that stay: in columns that the model does not know, or does not model. */
function unfilled(encoding: TableEncoding, table: Table): string[] {
  const fills = new Set(
    encoding.columns.flatMap(({ name, width, computed }) => (width > 0 || computed ? [name] : [])),
  )
  const names = table.columns.flatMap((column) => {
    if (fills.has(column.name)) return []
    for (let row = 0; row < table.rowCount; row++) if (isGap(column, row)) return [`'${column.name}'`]
    return []
  })
  if (names.length === 0) return []
  return [
    `Gaps of ${names.join(', ')} stay: the model does not learn ${names.length === 1 ? 'that column' : 'those columns'}.`,
  ]
}
