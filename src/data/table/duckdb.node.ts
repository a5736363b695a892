import { tmpdir } from 'node:os'
import type { DuckDBConnection } from '@duckdb/node-api'
import { packageMissing } from '../../base/index.ts'

/**
 * DuckDB's package, at its first use, so that what needs no tables works without it. Throws `data/duckdb-missing`.
 */
export async function duckdb(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (cause) {
    throw packageMissing({
      kind: 'data',
      name: '@duckdb/node-api',
      code: 'data/duckdb-missing',
      does: 'Tables are read and searched by',
      hasBinaryPackage: true,
      cause,
    })
  }
}

/** Text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A path as a pattern that matches only that path. */
export function pathPattern(path: string): string {
  return path.replace(/[*?[]/g, (character) => `[${character}]`)
}

/**
 * Runs `use` on a fresh database in memory, and closes it.
 *
 * The database opens local files only: it neither installs nor loads extensions from elsewhere. Throws `data/duckdb-missing`.
 */
export async function withDatabase<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = await duckdb()
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' })
  try {
    const connection = await instance.connect()
    try {
      return await use(connection)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

/** Lets the database go to disk with what does not fit into 600 MB. */
export async function spillToDisk(connection: DuckDBConnection): Promise<void> {
  await connection.run(`set memory_limit = '600MB'; set temp_directory = ${literal(tmpdir())}`)
}

/** What DuckDB says in the first paragraph of an error, without its prefix, and the line of the file if it names one. */
export function explainDuckError(error: unknown): { message: string; line: number | undefined } {
  const text = error instanceof Error ? error.message : String(error)
  const paragraph = text.split('\n\n')[0]!.split('\nLINE ')[0]!
  const line = /CSV Error on Line: (\d+)/.exec(text)?.[1]
  const message = paragraph
    .replace(/^[A-Z][A-Za-z ]*Error: /, '')
    .replace(/^CSV Error on Line: \d+\n?/, '')
    .replace(/\s*(Original Line:|Potential Fixes|Possible (fixes|Solution)|The search space)[\s\S]*$/, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
  return { message: message === '' ? text : message, line: line === undefined ? undefined : Number(line) }
}
