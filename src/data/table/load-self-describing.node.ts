import type { DuckDBConnection } from '@duckdb/node-api'
import { literal, pathPattern } from './duckdb.node.ts'
import type { TableFormat } from './formats.ts'
import { loadJson } from './json/load-json.node.ts'
import { firstRow, type Loaded, loadedAs, placesOf } from './loaded.node.ts'
import { emptyFile, pathList } from './source.node.ts'

/** Files that say themselves what their columns are. */
export interface SelfDescribing {
  readonly source: string
  readonly paths: readonly string[]
  readonly format: TableFormat
  /** Whether some columns alone will be taken. */
  readonly isPart?: boolean
}

/** Loads Parquet or JSON files as the table `loaded` of the database. */
export async function loadSelfDescribing(
  connection: DuckDBConnection,
  { source, paths, format, isPart }: SelfDescribing,
  notes: string[],
): Promise<Loaded> {
  if (format.name === 'parquet') return loadParquet(connection, paths, isPart ? 'view' : 'table')
  const loaded = await loadJson(connection, { paths, isLines: format.name === 'jsonl' }, notes)
  const [rows, filled] = (await firstRow(connection, 'select count(*), count("0") from loaded')).map(Number)
  if (loaded.names.length === 1 && filled === 0 && rows! <= 1) throw emptyFile(source)
  return loaded
}

/** Makes `loaded` a copy of Parquet files, or a view of them. */
export async function loadParquet(
  connection: DuckDBConnection,
  paths: readonly string[],
  as: 'table' | 'view',
): Promise<Loaded> {
  const names = await parquetNames(connection, paths[0]!)
  await connection.run(
    `create or replace temp ${as} loaded as select * from read_parquet(${pathList(paths)}) as t(${placesOf(names.length)})`,
  )
  return loadedAs(names)
}

/** The names of a Parquet file's columns as the file has them. */
async function parquetNames(connection: DuckDBConnection, path: string): Promise<string[]> {
  const schema = await connection.runAndReadAll(
    `select name, coalesce(num_children, 0) from parquet_schema(${literal(pathPattern(path))})`,
  )
  // A tree in the order of its leaves: the root first, each node before its children.
  const [, ...nodes] = schema
    .getRows()
    .map(([name, children]) => ({ name: String(name), children: Number(children) }))
  const names: string[] = []
  for (let at = 0; at < nodes.length; ) {
    names.push(nodes[at]!.name)
    for (let open = 1; open > 0; at++) open += nodes[at]!.children - 1
  }
  return names
}
