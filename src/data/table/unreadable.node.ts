import { ScorefieldError } from '../../base/index.ts'
import { explainDuckError } from './duckdb.node.ts'

/** The row of another width in words: its line, how many cells it has, and what stands there. */
function raggedRow(source: string, error: unknown): string | undefined {
  const said =
    /CSV Error on Line: (\d+)\s+Original Line: ([\s\S]*?)\s*Expected Number of Columns: (\d+) Found: (\d+)/.exec(
      String(error),
    )
  if (said === null) return undefined
  const [, line, text, others, cells] = said as unknown as [string, string, string, string, string]
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text
  return `Line ${line} of ${source} has ${cells} ${cells === '1' ? 'cell' : 'cells'}, the others ${others}: ${shown}`
}

/** What DuckDB said of files that it could not read, as an error for people. */
export function unreadable(error: unknown, source: string): ScorefieldError {
  if (error instanceof ScorefieldError) return error
  const { message, line } = explainDuckError(error)
  const where = line === undefined ? source : `${source}, line ${line}`
  if (/not utf-8|invalid unicode/i.test(message)) {
    return new ScorefieldError({
      kind: 'data',
      code: 'data/encoding',
      message: `${source} is not UTF-8 text.`,
      where,
      hint: 'Say how it is encoded: data.csv.encoding is latin-1 or utf-16 (--set data.csv.encoding=latin-1). Or save it as UTF-8.',
      cause: error,
    })
  }
  if (/expected number of columns/i.test(message)) {
    return new ScorefieldError({
      kind: 'data',
      code: 'data/ragged-row',
      message: raggedRow(source, error) ?? `A row of ${source} has another number of cells: ${message}`,
      where,
      hint: 'Quote cells that contain the separator, or repair the line.',
      cause: error,
    })
  }
  if (/schema mismatch/i.test(message)) {
    return new ScorefieldError({
      kind: 'data',
      code: 'data/columns-differ',
      message: `The files of ${source} have different columns: ${message}`,
      where,
      hint: `Name files of the same columns, or join them by a query with union_by_name.`,
      cause: error,
    })
  }
  return new ScorefieldError({
    kind: 'data',
    code: 'data/unreadable',
    message: `${source} could not be read: ${message}`,
    where,
    hint: 'Check that the file is whole and that its ending (.csv, .tsv, .parquet, .json) says what it is.',
    cause: error,
  })
}
