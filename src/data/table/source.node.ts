import { stat } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { ScorefieldError } from '../../base/index.ts'
import { literal, pathPattern } from './duckdb.node.ts'
import { csv, formatOfName, type TableFormat } from './formats.ts'

/** The files that a source names, each as it is called on the disk, all of one format. */
export interface SourceFiles {
  readonly paths: readonly string[]
  readonly format: TableFormat
}

/**
 * Finds the files that `source` names: one file of exactly that name, or else all that match it as a pattern.
 *
 * Throws `data/no-such-file`, `data/folder`, `data/empty-file` or `data/mixed-formats`.
 */
export async function findFiles(connection: DuckDBConnection, source: string): Promise<SourceFiles> {
  const exact = await stat(source).catch(() => undefined)
  if (exact?.isDirectory()) {
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/folder',
      message: `${source} is a folder, not a table.`,
      where: source,
      hint: `Name the files in it by a pattern in quotes, for example '${source.replace(/\/$/, '')}/*.csv'.`,
    })
  }
  const paths = exact === undefined ? await matches(connection, source) : [source]
  if (paths.length === 0) {
    const isPattern = /[*?[]/.test(source)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/no-such-file',
      message: isPattern ? `No file matches ${source}.` : `There is no file ${source}.`,
      where: source,
      hint: 'Check the spelling; a path is read from the current folder.',
    })
  }
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size))
  if (sizes.every((size) => size === 0)) throw emptyFile(source)
  const formats = new Set(paths.map((path) => formatOfName(path) ?? csv))
  if (formats.size > 1) {
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/mixed-formats',
      message: `${source} matches files of several formats: ${[...formats].map(({ name }) => name).join(', ')}.`,
      where: source,
      hint: 'Use a pattern that matches files of one format, or join them by a query.',
    })
  }
  return { paths: paths.filter((_, index) => sizes[index] !== 0), format: [...formats][0]! }
}

export function emptyFile(source: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'data',
    code: 'data/empty-file',
    message: `${source} is empty.`,
    where: source,
    hint: 'A table needs a line of column names and at least two rows.',
  })
}

async function matches(connection: DuckDBConnection, pattern: string): Promise<string[]> {
  if (!/[*?[]/.test(pattern)) return []
  const result = await connection.runAndReadAll(`select file from glob(${literal(pattern)}) order by file`)
  return result.getRows().map(([path]) => String(path))
}

/** The SQL list of exactly these paths. */
export function pathList(paths: readonly string[]): string {
  return `[${paths.map((path) => literal(pathPattern(path))).join(', ')}]`
}
