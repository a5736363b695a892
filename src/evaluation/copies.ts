import { columnWords, type Table } from '../data/index.ts'
import { columnNamed } from './views.ts'

/** Of each row of `table` whether some row of `of` equals it in every named column. */
export function copiesIn(table: Table, of: Table, names: readonly string[]): boolean[] {
  const keys = (rows: Table): string[] => {
    const columns = names.map((name) => columnWords(columnNamed(rows, name)))
    return Array.from({ length: rows.rowCount }, (_, row) =>
      JSON.stringify(columns.map((words) => words[row])),
    )
  }
  const known = new Set(keys(of))
  return keys(table).map((key) => known.has(key))
}
