import type { DuckDBConnection } from '@duckdb/node-api'

/**
 * Aggregates of the cells of every column of a relation of text, by place; a column without cells has none.
 *
 * terms: SQL over `cell`. Cells are turned into rows first, for a query of a few terms for each of thousands of columns would
 * take minutes to plan.
 */
export async function eachColumn(
  connection: DuckDBConnection,
  relation: string,
  terms: readonly string[],
): Promise<ReadonlyMap<number, readonly unknown[]>> {
  const answer = await connection.runAndReadAll(
    `select place, ${terms.join(', ')} from (unpivot ${relation} on columns(*) into name place value cell) group by place`,
  )
  return new Map(answer.getRows().map(([place, ...facts]) => [Number(place), facts]))
}
