import { type Column, isGap, type Table } from '../table.ts'
import { cellText } from '../text.ts'

/**
 * A filled table as separated text holds it: every cell that was there in the very characters of its source, `1.50` and `1e3` as they were, and
 * the others as the column writes its values.
 *
 * source: the table before, all its columns read as text; its rows come again and again where `filled` has more of them. Columns that
 * the source has not are left as they are.
 */
export function asWritten(filled: Table, source: Table): Table {
  const before = new Map(source.columns.map((column) => [column.name, column]))
  return {
    ...filled,
    columns: filled.columns.map((column): Column => {
      const own = before.get(column.name)
      if (own?.kind !== 'text') return column
      const values = Array.from({ length: filled.rowCount }, (_, row) => {
        const text = own.values[row % source.rowCount] ?? null
        if (text !== null) return text
        return isGap(column, row) ? null : cellText(column, row)
      })
      const gap = own.written?.gap ?? column.written?.gap
      return {
        kind: 'text',
        name: column.name,
        type: 'VARCHAR',
        values,
        ...(gap === undefined ? {} : { written: { gap } }),
      }
    }),
  }
}
