import type { ColumnWish } from './encoding/fit-column.ts'
import { roleOf } from './roles.ts'
import type { Table } from './table.ts'

/**
 * Names of the columns that a model learns: numbers and categories, by what is wished or else by their values. Rows that are
 * equal in these are equal to the model, whatever their identifiers are.
 */
export function modelledNames(table: Table, wishes: Readonly<Record<string, ColumnWish>> = {}): string[] {
  return table.columns
    .filter((column) => {
      const role = wishes[column.name]?.as ?? roleOf(column).role
      return role === 'number' || role === 'category'
    })
    .map(({ name }) => name)
}
