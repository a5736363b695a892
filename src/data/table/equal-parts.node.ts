import { comparisonOf, isOfRowOnly } from './condition-nodes.ts'
import { withDatabase } from './duckdb.node.ts'
import { parsedCondition, sqlWriter } from './judge-condition.node.ts'
import { sqlNames } from './sql-names.ts'
import type { Table } from './table.ts'

/** A column that a condition wants to have one value. */
export interface EqualPart {
  readonly name: string
  /** The value, as text. */
  readonly text: string
}

/**
 * The columns that must have one value for a condition to hold: of `species = 'Gentoo' and mass > 4000` the species. condition: one
 * that `rowsWhere` reads. A part that speaks of more than a column and one value is none.
 */
export async function equalParts(condition: string, table: Pick<Table, 'columns'>): Promise<EqualPart[]> {
  return withDatabase(async (connection) => {
    const root = await parsedCondition(connection, condition)
    if (root === undefined) return []
    const sqlOf = await sqlWriter(connection)
    const names = sqlNames(table.columns).map((name) => name.toLowerCase())
    const parts = root.type === 'CONJUNCTION_AND' ? (root['children'] as (typeof root)[]) : [root]
    const found: EqualPart[] = []
    for (const part of parts) {
      const compared = comparisonOf(part)
      if (compared?.type !== 'COMPARE_EQUAL' || !isOfRowOnly(compared.other)) continue
      const place = names.indexOf((compared.column['column_names'] as string[]).at(-1)!.toLowerCase())
      const answer = await connection.runAndReadAll(`select (${await sqlOf(compared.other)})::varchar`)
      const text = answer.getRows()[0]![0]
      const column = table.columns[place]
      if (column && text !== null) found.push({ name: column.name, text: String(text) })
    }
    return found
  })
}
