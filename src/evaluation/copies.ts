import { rowKeys, type Table } from '../data/index.ts'
import { columnNamed } from './views.ts'

/** Of each row of `table` whether some row of `of` equals it in every named column. */
export function copiesIn(table: Table, of: Table, names: readonly string[]): boolean[] {
  const named = (rows: Table): Table => ({ ...rows, columns: names.map((name) => columnNamed(rows, name)) })
  const known = new Set(rowKeys(named(of)))
  return rowKeys(named(table)).map((key) => known.has(key))
}
