import type { DuckDBConnection } from '@duckdb/node-api'
import { identifier } from './duckdb.node.ts'
import type { Written } from './table.ts'

/**
 * What is known of the table `loaded` of the database beside its cells.
 *
 * Its columns are called by their places, "0", "1", …: SQL does not tell `Age` from `AGE`.
 */
export interface Loaded {
  /** Names of the columns, as the source has them. */
  readonly names: readonly string[]
  /** How cells are written, by place. */
  readonly written: Map<number, Written>
  /** The types of what is loaded as text, by place, where it is no `VARCHAR`. */
  readonly types: Map<number, string>
  /** Whether the source knows no types, so that text may be anything. */
  readonly isUntyped: boolean
}

/** A `Loaded` of which only the names are known. */
export function loadedAs(
  names: readonly string[],
  { isUntyped = false }: { readonly isUntyped?: boolean } = {},
): Loaded {
  return { names, written: new Map(), types: new Map(), isUntyped }
}

/** The SQL identifier of the column at a place of `loaded`. */
export function placeOf(index: number): string {
  return identifier(String(index))
}

/** The SQL list of all places: `"0", "1"`. */
export function placesOf(count: number): string {
  return Array.from({ length: count }, (_, index) => placeOf(index)).join(', ')
}

/** The database's types of the columns of `loaded`, or of another table or relation. */
export async function typesOf(connection: DuckDBConnection, relation = 'loaded'): Promise<string[]> {
  const described = await connection.runAndReadAll(`describe from ${relation}`)
  return described.getRows().map(([, type]) => String(type))
}

/** The first row of an answer. */
export async function firstRow(connection: DuckDBConnection, sql: string): Promise<readonly unknown[]> {
  return (await connection.runAndReadAll(sql)).getRows()[0] ?? []
}
